/** Returns a name as a file may have it on every system. A voice may be called `C:` or `what?`. */
export function fileNameOf(name: string): string {
  return name.replaceAll(/[<>:"/\\|?*\x00-\x1f]/g, '_').replace(/^-/, '_');
}
