# syntax=docker/dockerfile:1
# Timbre: `app` runs the API, the worker and the migrations; `emulator` the local stand-in for RunPod.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages too: the compiler is one, and it reads the types of the embedded parts. No ffmpeg of npm's (the
# workspace): the image has Debian's.
RUN --mount=type=cache,target=/root/.npm npm ci --include=dev --include=optional --workspaces=false
COPY tsconfig.json ./
COPY apps apps
COPY libs libs
COPY test/support test/support
RUN npx tsc -p tsconfig.json \
 && rm -rf dist/test dist/apps/standalone dist/.tsbuildinfo \
 && find dist -name '*spec.js*' -delete \
 && npm prune --omit=dev --omit=optional --workspaces=false

FROM node:24-bookworm-slim AS app
# Debian's ffmpeg gets security fixes; util-linux has setsid and prlimit, which confine it.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg util-linux \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY LICENSE NOTICE.md openapi.json ./
ENV NODE_ENV=production DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/api/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/apps/api/src/main.js"]

FROM app AS emulator
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends espeak-ng \
 && rm -rf /var/lib/apt/lists/*
USER node
EXPOSE 8900
HEALTHCHECK NONE
CMD ["node", "dist/apps/runpod-emulator/src/main.js", "--host", "0.0.0.0", "--api-key", "local-emulator", "--ffmpeg", "/usr/bin/ffmpeg"]

# What `docker build` makes when it is told nothing else.
FROM app
