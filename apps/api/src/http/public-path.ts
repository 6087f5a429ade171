/** Returns the path that clients put before `/api`: that of PUBLIC_URL without a slash at its end, mostly empty. */
export const publicPath = (publicUrl: string): string => new URL(publicUrl).pathname.replace(/\/+$/, '');
