// S3 allows keys of up to 1024 bytes (docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html), file systems
// names of up to 255. An allow list of characters that both treat as plain excludes NUL, backslashes, `%`, control and
// look-alike characters without a rule for each.
const maxKeyLength = 1024;
const segment = /^[A-Za-z0-9._-]{1,255}$/;

/** True for a relative path of plain segments, none of them empty, `.` or `..`. */
export function isObjectKey(key: string): boolean {
  if (key.length > maxKeyLength) return false;
  return key.split('/').every((part) => segment.test(part) && part !== '.' && part !== '..');
}

/** @throws TypeError for an invalid key. That is a bug of the caller, not a bad request. */
export function assertObjectKey(key: string): void {
  if (!isObjectKey(key)) throw new TypeError(`Not an object key: ${JSON.stringify(key).slice(0, 200)}`);
}

/** @throws TypeError unless the prefix is a whole folder, which ends with `/` */
export function assertObjectPrefix(prefix: string): void {
  if (!prefix.endsWith('/') || !isObjectKey(prefix.slice(0, -1))) {
    throw new TypeError(`Not an object prefix: ${JSON.stringify(prefix).slice(0, 200)}`);
  }
}
