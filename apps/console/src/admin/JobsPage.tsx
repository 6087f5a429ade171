import { Loading } from '../ui/progress.js';

export function JobsPage() {
  return <Loading />;
}
