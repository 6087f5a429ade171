// Jest loads this as it is, outside of its module system: so it uses the built files, as the tests' processes do.
export { tearDown as default } from '../../dist/test/console/setup.js';
