// Written by `npm run settings` from libs/config/src/trusted-proxies.ts: change that one.
import { isIP } from 'node:net';
const names = new Set(['loopback', 'linklocal', 'uniquelocal']);
/**
 * Reads whose word about a client's address is taken.
 *
 * @param text a number of proxies, or addresses, subnets (`10.0.0.0/8`) and names (`loopback`, `linklocal`,
 *   `uniquelocal`) with commas between; the meaning is that of Express' `trust proxy`
 * @throws Error whose message continues "TRUST_PROXY …"
 */
export function parseTrustedProxies(text) {
    if (text === undefined)
        return false;
    if (/^\d{1,2}$/.test(text))
        return Number(text) === 0 ? false : Number(text);
    const parts = text.split(',').map((part) => part.trim());
    if (!parts.every((part) => names.has(part) || isSubnet(part))) {
        throw new Error('must be a number of proxies, or addresses and subnets like 10.0.0.0/8,loopback');
    }
    return parts;
}
function isSubnet(text) {
    const [address = '', bits, ...more] = text.split('/');
    const version = isIP(address);
    if (version === 0 || more.length > 0)
        return false;
    if (bits === undefined)
        return true;
    return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128);
}
