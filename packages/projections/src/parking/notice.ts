import type { ParkedStream } from './parking-lot.js';

/** That a stream was parked, or goes on. */
export interface ParkingNotice {
  readonly kind: 'parked' | 'released';
  /** `<projection>@<version>`. */
  readonly projection: string;
  /** The entry as it is, or as it last was. */
  readonly parked: ParkedStream;
}

/** Hears of every stream that is parked, parked anew by a retry that failed, or released. */
export type ParkingListener = (notice: ParkingNotice) => void;

/** Writes a notice as one line of JSON to standard error, which Lambda carries to CloudWatch Logs. */
export const logParking: ParkingListener = ({ kind, projection, parked }) => {
  const { stream, version } = parked;
  const message =
    kind === 'parked'
      ? `Stream "${stream}" is parked for ${projection} at version ${version}: ${parked.error.message}`
      : `Stream "${stream}" goes on for ${projection}: it was parked at version ${version}.`;
  const entry = { level: kind === 'parked' ? 'ERROR' : 'INFO', message, kind, projection, ...parked };
  process.stderr.write(`${JSON.stringify(entry)}\n`);
};
