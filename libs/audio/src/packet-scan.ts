/** A packet of a track: time stamp and length in ticks, size and place in the file in bytes. */
interface Packet {
  readonly pts: number;
  readonly ticks: number;
  readonly bytes: number;
  readonly at: number;
  /** Whether it is decoded and thrown away, all or in part (an edit list, the encoder's delay). */
  readonly isDiscarded: boolean;
}

/** Bytes before a packet that belong to none. */
export interface Hole {
  readonly fromByte: number;
  readonly bytes: number;
  /** Ticks of audio before it. */
  readonly ticks: number;
}

/** More holes than this are one damage: the rest is not counted. */
const maxHoles = 10_000;

/** What the packets of a recording tell without being decoded; made of ffprobe's lines (`packetArguments`). */
export class PacketScan {
  readonly holes: Hole[] = [];
  /** Whether each packet begins, in time, where the one before it ended, and none in the middle is thrown away. */
  isContiguous = true;
  /** Whether all packets are equally long and, but for a padding byte, equally large. */
  isConstant = true;
  packetBytes = 0;
  ticks = 0;
  #first: Packet | undefined;
  #last: Packet | undefined;
  #hasKept = false;

  /** Takes the next line; one that is no packet is passed over. */
  push(line: string): void {
    const packet = parse(line);
    if (packet === undefined) return;
    const { fromByte, bytes } = { fromByte: this.endByte, bytes: packet.at - this.endByte };
    if (bytes > 0 && this.holes.length < maxHoles) this.holes.push({ fromByte, bytes, ticks: this.ticks });
    if (this.#last !== undefined && this.#first !== undefined) {
      if (packet.pts !== this.#last.pts + this.#last.ticks) this.isContiguous = false;
      if (this.#last.isDiscarded && !packet.isDiscarded && this.#hasKept) this.isContiguous = false;
      const isAlike = packet.ticks === this.#first.ticks && Math.abs(packet.bytes - this.#first.bytes) <= 1;
      if (!isAlike) this.isConstant = false;
    }
    this.#first ??= packet;
    this.#last = packet;
    this.#hasKept ||= !packet.isDiscarded;
    this.packetBytes += packet.bytes;
    this.ticks += packet.ticks;
  }

  /** Where the last packet ends, in bytes. */
  get endByte(): number {
    return this.#last === undefined ? 0 : this.#last.at + this.#last.bytes;
  }
}

/** `pts,duration,size,pos,flags`, in which ffprobe writes `N/A` for what it does not know. */
function parse(line: string): Packet | undefined {
  const [pts, ticks, bytes, at, flags] = line.trim().split(',');
  const packet = { pts: Number(pts), ticks: Number(ticks), bytes: Number(bytes), at: Number(at) };
  if (flags === undefined || !Object.values(packet).every(Number.isFinite)) return undefined;
  return { ...packet, isDiscarded: flags.includes('D') };
}
