/** Where a voice is found, for `Location`. */
export function voiceLocation(partner: string, voice: string): string {
  return `/api/voices/${partner}/${encodeURIComponent(voice)}`;
}
