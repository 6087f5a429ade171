import { isDeepStrictEqual } from 'node:util';

const header = `# Every setting of Timbre with its default. Written by \`npm run settings\` from libs/config/src/variables.ts.
# docs/configuration.md lists the allowed values, docs/operations.md the settings of a first start.
#
# systemd (EnvironmentFile), docker compose (as .env) and a shell can read this format: one NAME=value a line, with quotes
# around a value that contains spaces. Compose passes on only the settings that docker-compose.yml names.
`;

/** Settings that are not in variables.ts, because Timbre's own code does not read them. */
const ofOthers = `
# --- Read by others

# The AWS SDK, for STORAGE_URL=s3://…. Leave them out if the machine has a role.
#AWS_ACCESS_KEY_ID=
#AWS_SECRET_ACCESS_KEY=
#AWS_REGION=

# Node: a PEM file with the certificates of a private authority (Redis, S3 or RunPod behind TLS).
#NODE_EXTRA_CA_CERTS=

# docker-compose.yml: the password of its Postgres and the bucket of its MinIO.
#POSTGRES_PASSWORD=
#S3_BUCKET=timbre

# The GPU handler (docs/gpu.md), and in compose the engine of the emulator: worker for that handler.
#EMULATOR_ENGINE=acoustic-baseline
#HF_TOKEN=
#TIMBRE_GPU_MODEL=small
#TIMBRE_GPU_SCORER=auto
`;

/** Formats text as comment lines of up to 120 columns. */
function comment(text) {
  const lines = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > 120) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}

/** Returns false for a default that is a word, such as `cores`. It is shown in the comment instead. */
function isValue({ read, shownDefault }) {
  try {
    return isDeepStrictEqual(read(shownDefault), read(undefined));
  } catch {
    return false;
  }
}

function lines(variable) {
  const { name, about, shownDefault, isSecret } = variable;
  const fromFile = isSecret ? ` Or from a file: ${name}_FILE=/path.` : '';
  if (shownDefault === null) return `${comment(`Required. ${about}${fromFile}`)}\n${name}=\n`;
  const value = isValue(variable) ? shownDefault : '';
  const shown = shownDefault !== '' && value === '' ? ` Default: ${shownDefault}.` : '';
  return `${comment(`${about}${shown}${fromFile}`)}\n#${name}=${/[\s#]/.test(value) ? `"${value}"` : value}\n`;
}

/** Returns the text of .env.example. PATH is left out: the system sets it. */
export function envExample(variables) {
  const ours = Object.values(variables).filter(({ name }) => name !== 'PATH');
  return [header, ...ours.map(lines), ofOthers.slice(1)].join('\n');
}
