/** Decimal places that are looked for in a volume, as when volumes are added up. */
const MOST_PLACES = 9;
const MOST_UNITS = 2 ** 51;

/** A volume as a whole number of units of its last decimal place. */
export interface VolumeUnits {
  readonly units: number;
  readonly scale: number;
}

/**
 * The units of a volume, from which parts can be made that add up to it exactly. A volume that is
 * no decimal number of at most 9 places is one unit, which cannot be divided.
 */
export function volumeUnits(volume: number): VolumeUnits {
  let scale = 1;
  for (let places = 0; places <= MOST_PLACES; places += 1) {
    const units = Math.round(volume * scale);
    if (units > MOST_UNITS) break;
    if (units / scale === volume) return { units, scale };
    scale *= 10;
  }
  return { units: 1, scale: 1 };
}
