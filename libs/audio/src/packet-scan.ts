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

/** What is not damaged. */
export interface Sound {
  readonly bytes: number;
  readonly ticks: number;
}

/** A place in the file that may be damaged: bytes between packets, or a packet that is far larger than the first. */
interface Suspect {
  readonly hole: Hole;
  /** Ticks of the packet; 0 for bytes between packets. */
  readonly ticks: number;
}

/** In a recording of a constant bit rate a packet this many times as large as the first is none. */
const largePacket = 2;

/** More such packets than this part of all do not speak of damage but of a variable bit rate. */
const mostLargePackets = 1 / 20;

/** More holes than this are one damage: the rest is not counted. */
const maxHoles = 10_000;

/** What the packets of a recording tell without being decoded; made of ffprobe's lines (`packetArguments`). */
export class PacketScan {
  /** Whether each packet begins, in time, where the one before it ended, and none in the middle is thrown away. */
  isContiguous = true;
  #packetBytes = 0;
  #ticks = 0;
  readonly #suspects: Suspect[] = [];
  #packets = 0;
  #largePackets = 0;
  #isConstantBeside = true;
  #first: Packet | undefined;
  #last: Packet | undefined;
  #hasKept = false;

  /** Takes the next line; one that is no packet is passed over. */
  push(line: string): void {
    const packet = parse(line);
    if (packet === undefined) return;
    const first = this.#first ?? packet;
    const { fromByte, bytes } = { fromByte: this.endByte, bytes: packet.at - this.endByte };
    if (bytes > 0) this.#suspect({ hole: { fromByte, bytes, ticks: this.#ticks }, ticks: 0 });
    const isLarge = packet.bytes > largePacket * first.bytes;
    if (isLarge) {
      this.#largePackets += 1;
      const hole = { fromByte: packet.at, bytes: packet.bytes, ticks: this.#ticks };
      this.#suspect({ hole, ticks: packet.ticks });
    }
    if (this.#last !== undefined) {
      if (packet.pts !== this.#last.pts + this.#last.ticks) this.isContiguous = false;
      if (this.#last.isDiscarded && !packet.isDiscarded && this.#hasKept) this.isContiguous = false;
      const isAlike = packet.ticks === first.ticks && Math.abs(packet.bytes - first.bytes) <= 1;
      if (!isAlike && !isLarge) this.#isConstantBeside = false;
    }
    this.#first = first;
    this.#packets += 1;
    this.#last = packet;
    this.#hasKept ||= !packet.isDiscarded;
    this.#packetBytes += packet.bytes;
    this.#ticks += packet.ticks;
  }

  /** Whether all packets are equally long and, but for a padding byte, equally large. */
  get isConstant(): boolean {
    return this.#isConstantBeside && this.#largePackets === 0;
  }

  /**
   * Where bytes are damaged: those between packets, and packets that are no frame. ffmpeg's parsers join what they cannot
   * read, up to the next frame, to one packet that no decoder takes.
   *
   * @param largestBytes largest frame of the format
   */
  damage(largestBytes: number): { readonly holes: readonly Hole[]; readonly sound: Sound } {
    const isConstant = this.#isConstantBeside && this.#largePackets <= this.#packets * mostLargePackets;
    const holes: Hole[] = [];
    const sound = { bytes: this.#packetBytes, ticks: this.#ticks };
    for (const { hole, ticks } of this.#suspects) {
      const isFrame = ticks > 0 && !isConstant && hole.bytes <= largestBytes;
      if (isFrame) continue;
      holes.push({ ...hole, ticks: hole.ticks - (this.#ticks - sound.ticks) });
      sound.ticks -= ticks;
      sound.bytes -= ticks > 0 ? hole.bytes : 0;
    }
    return { holes, sound };
  }

  /** Bytes before the first packet. */
  get headBytes(): number {
    return this.#first?.at ?? 0;
  }

  #suspect(suspect: Suspect): void {
    if (this.#suspects.length < maxHoles) this.#suspects.push(suspect);
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
