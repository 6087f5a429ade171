/** What Windows, macOS or Linux do not allow in a file's name, and what would hide it. */
const notAllowed = /[<>:"/\\|?*]|^\.+/g;

/** Returns a file's name for something of a voice, for example `Zoë 1 samples.zip`. Every system accepts it. */
export const fileNameOf = (voice: string, ending: string): string =>
  `${voice.slice(0, 100).replaceAll(notAllowed, '_').trim()}${ending}`;
