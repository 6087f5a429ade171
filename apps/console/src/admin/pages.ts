// One chunk: whoever opens one of these pages opens the others, too.
export { JobsPage } from './JobsPage.js';
export { PartnerPage } from './PartnerPage.js';
export { PartnersPage } from './PartnersPage.js';
export { RecomputePage } from './RecomputePage.js';
