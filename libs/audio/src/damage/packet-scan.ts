/** A packet of a track: time stamp and duration in ticks, size and position in the file in bytes. */
interface Packet {
  readonly pts: number;
  readonly ticks: number;
  readonly bytes: number;
  readonly at: number;
  /** True if it is decoded and then discarded, completely or in part (edit list, encoder delay). */
  readonly isDiscarded: boolean;
}

/** Bytes that belong to no packet. */
export interface Hole {
  readonly fromByte: number;
  readonly bytes: number;
  /** Ticks of audio before it. */
  readonly ticks: number;
}

/** Size and duration of the undamaged packets. */
export interface Sound {
  readonly bytes: number;
  readonly ticks: number;
}

/** Possible damage: bytes between packets, or a packet that is far larger than the first. */
interface Suspect {
  readonly hole: Hole;
  /** Ticks of the packet; 0 for bytes between packets. */
  readonly ticks: number;
}

/** At a constant bit rate, a packet this many times larger than the first is no frame. */
const largePacket = 2;

/** If more than this part of all packets are that large, the bit rate is variable and they are no damage. */
const maxLargePart = 1 / 20;

/** Further holes are ignored. */
const maxHoles = 10_000;

/** Analyses the packets of a recording without decoding them, from ffprobe's lines (`packetArguments`). */
export class PacketScan {
  /** True if each packet starts, in time, where the one before ended, and none in the middle is discarded. */
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

  /** Adds the next line. Ignores a line that is no packet. */
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

  /** True if all packets have the same duration and, except for a padding byte, the same size. */
  get isConstant(): boolean {
    return this.#isConstantBeside && this.#largePackets === 0;
  }

  /**
   * Returns the damaged bytes: those between packets, and packets that are no frame. ffmpeg's parsers put bytes that they
   * cannot parse, up to the next frame, into one packet that no decoder accepts.
   *
   * @param maxFrameBytes largest frame of the format
   */
  damage(maxFrameBytes: number): { readonly holes: readonly Hole[]; readonly sound: Sound } {
    const isConstant = this.#isConstantBeside && this.#largePackets <= this.#packets * maxLargePart;
    const holes: Hole[] = [];
    const sound = { bytes: this.#packetBytes, ticks: this.#ticks };
    for (const { hole, ticks } of this.#suspects) {
      const isFrame = ticks > 0 && !isConstant && hole.bytes <= maxFrameBytes;
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

  /** Position where the last packet ends. */
  get endByte(): number {
    return this.#last === undefined ? 0 : this.#last.at + this.#last.bytes;
  }
}

/** Parses `pts,duration,size,pos,flags`. ffprobe writes `N/A` for unknown values. */
function parse(line: string): Packet | undefined {
  const [pts, ticks, bytes, at, flags] = line.trim().split(',');
  const packet = { pts: Number(pts), ticks: Number(ticks), bytes: Number(bytes), at: Number(at) };
  if (flags === undefined || !Object.values(packet).every(Number.isFinite)) return undefined;
  return { ...packet, isDiscarded: flags.includes('D') };
}
