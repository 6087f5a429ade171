// Written by `npm run settings` from libs/config/src/config.ts: change that one.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileVariable, textOf } from './variable-text.js';
import { variables } from './variables.js';
/** A bad environment: one readable line for each variable that is wrong. */
export class ConfigError extends Error {
    lines;
    constructor(lines) {
        super(lines.join('\n'));
        this.lines = lines;
        this.name = 'ConfigError';
    }
}
const isLoopback = (address) => /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/.test(new URL(address).hostname);
function readAll(environment, lines) {
    const read = Object.entries(variables).map(([key, variable]) => {
        try {
            return [key, variable.read(textOf(environment, variable))];
        }
        catch (error) {
            lines.push(`${variable.name} ${error.message}`);
            return [key, undefined];
        }
    });
    return Object.fromEntries(read);
}
/**
 * An environment with the secrets that files hold put in by name, for who hands it on to other processes.
 *
 * @throws ConfigError naming every secret that cannot be read
 */
export function withSecretsFromFiles(environment) {
    const lines = [];
    const whole = { ...environment };
    for (const variable of Object.values(variables).filter(({ isSecret }) => isSecret)) {
        try {
            const text = textOf(environment, variable);
            if (text !== undefined)
                whole[variable.name] = text;
            delete whole[fileVariable(variable.name)];
        }
        catch (error) {
            lines.push(`${variable.name} ${error.message}`);
        }
    }
    if (lines.length > 0)
        throw new ConfigError(lines);
    return whole;
}
/**
 * Reads and checks an environment.
 *
 * @throws ConfigError naming every variable that is wrong, a line each
 */
export function readConfig(environment) {
    const lines = [];
    const values = readAll(environment, lines);
    if (lines.length > 0)
        throw new ConfigError(lines);
    const dataDir = path.resolve(values.dataDir);
    const publicUrl = values.publicUrl ?? `http://localhost:${values.port}`;
    const callbackUrl = values.callbackUrl ?? publicUrl;
    const runpodEndpoints = new Map(values.runpodEndpoints.map((pair) => pair.split('=')));
    if (!runpodEndpoints.has('kyutai'))
        lines.push('RUNPOD_ENDPOINTS must name an endpoint for kyutai');
    if (values.testSentences.length === 0)
        lines.push('TEST_SENTENCES must hold at least one sentence');
    if (isLoopback(callbackUrl) && !isLoopback(values.runpodBaseUrl)) {
        lines.push(`CALLBACK_URL ${callbackUrl} cannot be reached by RunPod at ${values.runpodBaseUrl}`);
    }
    const storageUrl = values.storageUrl ?? pathToFileURL(path.join(dataDir, 'objects')).href;
    const needed = { api: '', proxy: 'file:', storage: 's3:' }[values.downloads];
    if (!storageUrl.startsWith(needed))
        lines.push(`DOWNLOADS ${values.downloads} needs a STORAGE_URL of ${needed}//`);
    if (lines.length > 0)
        throw new ConfigError(lines);
    return Object.freeze({
        ...values,
        dataDir,
        publicUrl,
        callbackUrl,
        scratchDir: path.resolve(values.scratchDir ?? path.join(dataDir, 'scratch')),
        storageUrl,
        signingSecrets: (values.signingSecret ?? '').split(',').filter((secret) => secret !== ''),
        runpodEndpoints,
    });
}
