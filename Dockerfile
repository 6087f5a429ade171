# syntax=docker/dockerfile:1
# Timbre: `app` runs the API, the worker and the migrations, `emulator` the local stand-in for RunPod.
#
# The base is Debian 12 with Node 24. The tests and the figures of docs/performance.md use its ffmpeg 5.1, and Debian fixes
# it. Node 24 gets fixes until April 2028, Debian 12 until June 2028. Alpine has another version of ffmpeg, and its busybox
# lacks the features of util-linux that confine ffmpeg.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The compiler and esbuild are optional packages. The workspace, ffmpeg from npm, is left out: the image has Debian's.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --include=optional --workspaces=false
COPY tsconfig.json CHANGELOG.md LICENSE NOTICE.md SECURITY.md openapi.json .env.example ./
COPY scripts scripts
COPY apps apps
COPY libs libs
COPY deploy deploy
COPY docs docs
# The same files as in the package for machines without containers (docs/operations.md).
RUN npm run package -- --folder package

FROM node:24-bookworm-slim AS app
# Debian's ffmpeg gets security fixes; util-linux has setsid and prlimit, which confine it.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg util-linux \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /data
WORKDIR /app
COPY --from=build /app/package ./
ENV NODE_ENV=production DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/api/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/api.js"]

FROM app AS emulator
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends espeak-ng \
 && rm -rf /var/lib/apt/lists/*
USER node
EXPOSE 8900
HEALTHCHECK NONE
# The key is RUNPOD_API_KEY, as for the API.
CMD ["node", "dist/emulator.js", "--host", "0.0.0.0", "--ffmpeg", "/usr/bin/ffmpeg"]

# The default target of `docker build`.
FROM app
