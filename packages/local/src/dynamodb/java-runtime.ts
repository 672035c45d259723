import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The oldest Java that runs DynamoDB Local. */
const OLDEST_JAVA = 11;

/** A Java runtime that is new enough, or why there is none, as a sentence. */
export type JavaRuntime = { readonly command: string } | { readonly reason: string };

/** Finds the Java of `JAVA_HOME`, or else the one on the path. Starts one process. */
export async function findJava(environment: { readonly JAVA_HOME?: string | undefined }): Promise<JavaRuntime> {
  const { JAVA_HOME } = environment;
  const command = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
  const answer = await askVersion(command);
  if ('reason' in answer) return answer;
  const version = parseJavaVersion(answer.output);
  if (version === undefined) return { reason: `"${command} -version" names no version: ${answer.output.trim()}` };
  if (version < OLDEST_JAVA) return { reason: `"${command}" is Java ${version}, which is too old.` };
  return { command };
}

function askVersion(command: string): Promise<{ readonly output: string } | { readonly reason: string }> {
  return new Promise((resolve) => {
    execFile(command, ['-version'], { timeout: 20_000 }, (error, stdout, stderr) => {
      if (!error) resolve({ output: `${stderr}${stdout}` });
      else if (error.code === 'ENOENT') resolve({ reason: `No "${command}" was found.` });
      else resolve({ reason: `"${command} -version" failed: ${stderr.trim() || error.message}` });
    });
  });
}

/** The feature release in what `java -version` prints: 8 of `1.8.0_412`, 17 of `17.0.15`. */
export function parseJavaVersion(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match ? Number(match[1]) : undefined;
}
