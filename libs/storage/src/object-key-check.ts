// S3 takes keys of up to 1024 bytes (docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html), file systems
// names of up to 255. The characters are those both treat as plain; an allow list, so that NUL, backslashes, `%`,
// control and look-alike characters need no rules of their own.
const longestKey = 1024;
const segment = /^[A-Za-z0-9._-]{1,255}$/;

/** Is this a relative path of plain segments, none of them empty, `.` or `..`? */
export function isObjectKey(key: string): boolean {
  if (key.length > longestKey) return false;
  return key.split('/').every((part) => segment.test(part) && part !== '.' && part !== '..');
}

/** @throws TypeError for a key no storage may touch: a defect of the caller, not of a request */
export function assertObjectKey(key: string): void {
  if (!isObjectKey(key)) throw new TypeError(`Not an object key: ${JSON.stringify(key).slice(0, 200)}`);
}

/** @throws TypeError unless the prefix is a whole folder, like `voices/…/` */
export function assertObjectPrefix(prefix: string): void {
  if (!prefix.endsWith('/') || !isObjectKey(prefix.slice(0, -1))) {
    throw new TypeError(`Not an object prefix: ${JSON.stringify(prefix).slice(0, 200)}`);
  }
}
