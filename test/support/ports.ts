export { freePort, isListening } from '#libs/local-services';
