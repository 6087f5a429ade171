import { Loading } from '../ui/progress.js';

export function RecomputePage() {
  return <Loading />;
}
