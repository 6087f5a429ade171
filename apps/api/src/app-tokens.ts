/** Injects the process's `Config`. */
export const CONFIG = Symbol('Config');

/** Injects the process's pino logger. */
export const LOGGER = Symbol('Logger');
