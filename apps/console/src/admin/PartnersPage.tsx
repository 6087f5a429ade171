import { Loading } from '../ui/progress.js';

export function PartnersPage() {
  return <Loading />;
}
