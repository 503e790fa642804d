import { existsSync } from "node:fs";
import { posix, win32 } from "node:path";

/**
 * A browser of the Chromium family on this machine: the one that CHROMIUM_PATH names, else one in the usual places, else
 * one on the PATH. It was found, not tried.
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string | undefined {
  const path = platform === "win32" ? win32 : posix;
  const names = platform === "win32" ? ["chrome.exe", "chromium.exe", "msedge.exe"] : programs;
  const folders = (env.PATH ?? env.Path ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return [
    env.CHROMIUM_PATH ?? "",
    ...usual(env, platform),
    ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
  ].find((file) => file !== "" && existsSync(file));
}

const programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];

function usual(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (platform === "darwin") {
    return ["Google Chrome", "Chromium", "Microsoft Edge"].flatMap((name) =>
      ["/Applications", ...(env.HOME ? [`${env.HOME}/Applications`] : [])].map(
        (folder) => `${folder}/${name}.app/Contents/MacOS/${name}`,
      ),
    );
  }
  if (platform === "win32") {
    return [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA]
      .filter((folder) => folder !== undefined && folder !== "")
      .flatMap((folder) =>
        [
          ["Google", "Chrome", "Application", "chrome.exe"],
          ["Chromium", "Application", "chrome.exe"],
          ["Microsoft", "Edge", "Application", "msedge.exe"],
        ].map((names) => win32.join(folder ?? "", ...names)),
      );
  }
  return [...programs.map((name) => `/usr/bin/${name}`), "/opt/google/chrome/chrome"];
}
