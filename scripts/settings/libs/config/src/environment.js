// Written by `npm run settings` from libs/config/src/environment.ts: change that one.
import { ConfigError, readConfig } from './config.js';
/**
 * The configuration of this process, from its environment: the only place `process.env` is read.
 *
 * A bad environment ends the process with one readable line for each variable that is wrong.
 */
export function configFromEnvironment() {
    try {
        return readConfig(process.env);
    }
    catch (error) {
        if (!(error instanceof ConfigError))
            throw error;
        process.stderr.write(`Timbre cannot start:\n${error.lines.map((line) => `  ${line}\n`).join('')}`);
        process.exit(78); // EX_CONFIG of sysexits.h
    }
}
