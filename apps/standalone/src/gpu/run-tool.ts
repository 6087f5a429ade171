import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ToolResult {
  /** Null if it could not be started, or was ended by a signal. */
  readonly code: number | null;
  /** Its last lines, for people. */
  readonly lastLines: readonly string[];
}

const keptLines = 20;

/**
 * Runs a program to its end.
 *
 * @param onLine receives each line of both its outputs
 */
export function runTool(
  command: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal; readonly onLine?: (line: string) => void },
): Promise<ToolResult> {
  const { env, signal, onLine } = options;
  const lines: string[] = [];
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        if (lines.length > keptLines) lines.shift();
        onLine?.(line);
      });
    }
    child.on('error', (error) => resolve({ code: null, lastLines: [...lines, error.message] }));
    child.on('close', (code) => resolve({ code, lastLines: lines }));
  });
}
