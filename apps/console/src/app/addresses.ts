// The addresses of the console's pages, after the `#`. Pages.tsx has their patterns.

/** Returns the address of a partner's voices. */
export const voicesHref = (partner: string): string => `/partners/${encodeURIComponent(partner)}/voices`;

/** Returns the address of a voice's page. @param voice its id or its name */
export const voiceHref = (partner: string, voice: string): string =>
  `${voicesHref(partner)}/${encodeURIComponent(voice)}`;

/** Returns the address of a partner's page, for admins. */
export const partnerHref = (partner: string): string => `/admin/partners/${encodeURIComponent(partner)}`;
