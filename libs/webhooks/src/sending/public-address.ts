import ipaddr from 'ipaddr.js';

/** The global unicast addresses of IPv6 that IANA has allocated from (RFC 4291, section 2.4). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Public by its number, but inside of Azure: serves metadata and secrets of the machine (learn.microsoft.com, "168.63.129.16"). */
const azurePlatform = '168.63.129.16';

/**
 * Whether an IP address is a public one.
 *
 * Only what ipaddr.js calls unicast counts. Loopback, private, link-local (with the metadata services of clouds),
 * carrier-grade NAT, multicast, reserved and documentation addresses do not, and neither do IPv6 addresses that contain
 * an IPv4 address for a translator or a tunnel (NAT64, 6to4, Teredo). An IPv4-mapped address is judged as IPv4.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv6 ? address.match(globalUnicast) : address.toString() !== azurePlatform;
}
