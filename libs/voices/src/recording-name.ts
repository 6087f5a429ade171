/** Includes bidirectional controls, which can make `.exe` look like `.mp3`. */
const controlCharacters = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;

/**
 * Returns the name that is stored and shown for an uploaded file: up to 255 characters, without control characters and
 * without folders in the notation of any operating system.
 */
export function uploadedName(clientName: string): string {
  const base = clientName.split(/[/\\]/).at(-1) ?? '';
  const clean = [...base.replace(controlCharacters, '').trim()].slice(0, 255).join('');
  return clean === '' || clean === '.' || clean === '..' ? 'recording' : clean;
}

/** Returns the file name of the stored original: the uploaded name with its last extension replaced by `.opus`. */
export function originalFilename(uploaded: string): string {
  return `${uploaded.replace(/(?<=.)\.[^.]*$/, '')}.opus`;
}
