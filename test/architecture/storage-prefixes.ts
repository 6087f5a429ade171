import { productFiles, roomOf, targetOf, type SourceFile } from './source-tree.js';

/** Folders of object keys, as libs/storage builds them. A route (`/api/voices/`, `voices/:partner`) is none. */
const prefix = /^\^?voices\/(?!:)|\/(?:inbox|uploads|uploaded|consents)\/|^database-id$/;

export const storagePrefixesIn = ({ literals }: Pick<SourceFile, 'literals'>): readonly string[] =>
  literals.filter((literal) => prefix.test(literal));

const roomsWithStorage = new Set(
  productFiles
    .filter(({ file, imports }) => imports.some(({ from }) => targetOf(file, from) === 'libs/storage'))
    .map(({ file }) => roomOf(file)),
);

/** Only who uses the storage can spell its keys; `/uploads/` of another room is something else. */
export const storesObjects = (file: string): boolean => {
  const room = roomOf(file);
  return room === 'libs/storage' || roomsWithStorage.has(room);
};
