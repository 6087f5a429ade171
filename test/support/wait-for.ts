export { waitUntil as waitFor, type WaitOptions } from '#libs/local-services';
