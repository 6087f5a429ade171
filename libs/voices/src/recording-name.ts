const controlCharacters = /[\p{Cc}\p{Cs}]/gu;

/**
 * The name of an uploaded file as it is kept and shown: without path parts (of any system) and control characters, at most
 * 255 characters.
 */
export function uploadedName(clientName: string): string {
  const base = clientName.split(/[/\\]/).at(-1) ?? '';
  const clean = [...base.replace(controlCharacters, '').trim()].slice(0, 255).join('');
  return clean === '' || clean === '.' || clean === '..' ? 'recording' : clean;
}

/** The stored original's name: the uploaded one with its last extension replaced by `.opus`. */
export function originalFilename(uploaded: string): string {
  return `${uploaded.replace(/(?<=.)\.[^.]*$/, '')}.opus`;
}
