// Written by `npm run settings` from libs/config/src/variable-text.ts: change that one.
import { readFileSync } from 'node:fs';
/** An empty variable is an absent one: compose files and shells cannot always leave a name out. */
const given = (environment, name) => environment[name] || undefined;
/** The variable that names the file a secret is kept in, as Docker and Kubernetes mount them. */
export const fileVariable = (name) => `${name}_FILE`;
/**
 * A variable's text: its own, or for a secret that of the file which NAME_FILE names, without the line end that editors
 * leave at its end.
 *
 * @throws Error whose message continues "NAME …": both are given, or the file cannot be read or is empty
 */
export function textOf(environment, variable) {
    const text = given(environment, variable.name);
    const file = variable.isSecret === true ? given(environment, fileVariable(variable.name)) : undefined;
    if (file === undefined)
        return text;
    if (text !== undefined)
        throw new Error(`is given twice, by ${fileVariable(variable.name)} too`);
    const content = readSecret(file, variable.name).replace(/\r?\n$/, '');
    if (content === '')
        throw new Error(`is empty in the file that ${fileVariable(variable.name)} names`);
    return content;
}
function readSecret(file, name) {
    try {
        return readFileSync(file, 'utf8');
    }
    catch (error) {
        const code = error.code ?? 'unknown';
        throw new Error(`cannot be read from the file that ${fileVariable(name)} names (${code})`, { cause: error });
    }
}
