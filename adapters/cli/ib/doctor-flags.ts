/** What only `barline doctor` is told. */
export interface DoctorFlags {
  readonly speed: number;
  readonly param: readonly string[];
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}
