/** Runs jobs on a team of workers. */
import { addressOf } from "../address.ts";
import type { Engine } from "./engine.ts";
import { workerLost } from "./failures.ts";
import type { Job } from "./job.ts";
import { type Piece, unwrap } from "./piece.ts";
import type { Call, ErrorWords } from "./protocol.ts";
import { type Chunk, type ChunkResult, sharedClockMs, Watch } from "./task_protocol.ts";
import type { FunctionWords, TaskSetup } from "./task_protocol.ts";
import { timedOut } from "./task_runner.ts";
import { type Outcome, Team } from "./team.ts";

/** How often workers are looked at whose tasks have a limit, or are not wanted any more. */
const WATCH_MS = 100;
/** So long after its limit a task is still under way that its worker could not end. */
const GRACE_MS = 1000;
/** So long may tasks that are not wanted any more keep their worker. */
const CANCEL_MS = 1000;

/** How an engine is made. */
export interface EngineOptions {
  readonly nodes: number;
  readonly permissions: Deno.PermissionOptions;
  readonly initializer: FunctionWords | undefined;
  /** Tasks after which a worker is replaced. */
  readonly maxTasksPerWorker: number;
}

/** A piece that a worker holds. */
interface Held {
  readonly job: Job;
  readonly piece: Piece;
  readonly worker: number;
  /** Tasks of which the results are here. */
  known: number;
  /** Why its worker is being replaced. */
  error: ErrorWords | undefined;
}

/** Jobs on workers. */
export class ParallelEngine implements Engine {
  readonly #options: EngineOptions;
  #team: Team;
  #jobs: Job[] = [];
  readonly #held = new Map<number, Held>();
  /** Modules that workers are to have, by address. */
  #modules: string[] = [];
  /** Per worker: its memory, the modules it began with, and tasks it was given. */
  readonly #watches: Watch[] = [];
  readonly #loaded: (readonly string[])[] = [];
  readonly #given: number[] = [];
  #lastTicket = 0;
  #isRunning = false;
  /** Somebody asked for tasks to be handed out, and nobody looked yet. */
  #isPoked = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Workers that were given up while they computed: each may still burn a core. */
  lost = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#team = this.#newTeam();
    if (options.initializer !== undefined) this.#need(options.initializer);
  }

  add(job: Job): void {
    this.#need(job.options.words);
    this.#jobs.push(job);
    this.poke();
  }

  poke(): void {
    this.#isPoked = true;
    if (this.#jobs.some(({ isOver }) => isOver)) this.#watch();
    if (this.#isRunning) this.#team.poke();
    else this.#run();
  }

  end(reason: unknown): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    for (const job of jobs) job.end({ error: reason });
    this.#team[Symbol.dispose]();
    this.#team = this.#newTeam();
    this.#held.clear();
    this.#given.length = 0;
    this.#isRunning = false;
    this.#unwatch();
  }

  #newTeam(): Team {
    const { nodes, permissions } = this.#options;
    const worker = (number: number) => this.#workerModule(number);
    const team = new Team({ nodes, worker, permissions });
    team.onPart = (call, part) => {
      const result = part as ChunkResult;
      const held = this.#held.get(ticketOf(call));
      if (held === undefined) return;
      held.known = result.first + result.values.length;
      held.job.take(held.piece, result, false);
    };
    return team;
  }

  /** Takes up a function that comes from a module. */
  #need(words: FunctionWords): void {
    if (words.kind !== "module" || this.#modules.includes(words.module)) return;
    this.#modules = [...this.#modules, words.module];
  }

  /** Hands out calls until there are none. */
  async #run(): Promise<void> {
    const team = this.#team;
    this.#isRunning = true;
    const source = {
      next: (ahead: boolean, worker: number) => this.#next(ahead, worker),
    };
    try {
      for await (const outcome of team.uimap<ChunkResult>(source, this.#setup)) {
        if (team !== this.#team) return;
        this.#take(outcome);
      }
    } catch (error) {
      if (team === this.#team) this.#breakAll(error);
    }
    if (team !== this.#team) return;
    this.#isRunning = false;
    // Something may have come between the last question and here.
    if (this.#isPoked) this.poke();
  }

  readonly #setup = (worker: number): Call => {
    const watch = new Watch();
    this.#watches[worker] = watch;
    const { initializer } = this.#options;
    return {
      name: "open",
      args: [{ worker, initializer, watch: watch.memory } satisfies TaskSetup],
    };
  };

  #next(ahead: boolean, worker: number): Call | undefined {
    this.#isPoked = false;
    const { maxTasksPerWorker } = this.#options;
    const isUsedUp = (this.#given[worker] ?? 0) >= maxTasksPerWorker;
    if (isUsedUp && ahead) return undefined;
    const most = isUsedUp ? maxTasksPerWorker : maxTasksPerWorker - (this.#given[worker] ?? 0);
    for (let i = 0; i < this.#jobs.length; i++) {
      const job = this.#jobs[i]!;
      const isLoaded = this.#hasModule(worker, job.options.words);
      if (ahead && !isLoaded) continue;
      const piece = job.next(ahead, most);
      if (piece === undefined) continue;
      if (isUsedUp || !isLoaded) {
        this.#team.dismiss(worker);
        this.#given[worker] = 0;
      }
      // Jobs take turns.
      this.#jobs.push(...this.#jobs.splice(0, i + 1));
      return this.#call(job, piece, worker);
    }
    this.#jobs = this.#jobs.filter(({ isOver }) => !isOver);
    return undefined;
  }

  #hasModule(worker: number, words: FunctionWords): boolean {
    const loaded = this.#loaded[worker];
    return words.kind !== "module" || loaded === undefined || loaded.includes(words.module);
  }

  #call(job: Job, piece: Piece, worker: number): Call {
    const ticket = ++this.#lastTicket;
    const { columns, buffers } = unwrap(piece);
    const { words, timeoutMs } = job.options;
    const chunk: Chunk = {
      ...{ ticket, words, columns, timeoutMs, count: piece.count },
      ...{ budgetMs: job.budgetMs, stop: job.stop },
    };
    this.#given[worker] = (this.#given[worker] ?? 0) + piece.count;
    this.#held.set(ticket, { job, piece, worker, known: 0, error: undefined });
    if (timeoutMs !== undefined) this.#watch();
    return { name: "run", args: [chunk], buffers };
  }

  #take(outcome: Outcome<ChunkResult>): void {
    const ticket = ticketOf(outcome.call);
    const held = this.#held.get(ticket);
    if (outcome.death !== undefined) this.#given[outcome.worker] = 0;
    if (held === undefined) return;
    this.#held.delete(ticket);
    const { job, piece, known, worker } = held;
    if (outcome.death === undefined) {
      job.take(piece, outcome.value, true);
      if (outcome.value.isSpent) this.#team.retire(worker, "its time was over");
      return;
    }
    const watch = this.#watches[worker]!;
    const place = watch.ticket === ticket ? watch.place : -1;
    job.lose(piece, { known, place, error: held.error ?? workerLost(outcome.death) });
  }

  /** Workers cannot start: every map under way ends with the reason. */
  #breakAll(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const broken = new Error(`Cannot start the workers: ${reason}`, { cause: error });
    const jobs = this.#jobs;
    this.#jobs = [];
    this.#modules = [];
    if (this.#options.initializer !== undefined) this.#need(this.#options.initializer);
    for (const job of jobs) job.end({ error: broken });
  }

  /** The module of a new worker: it imports those of functions, with this thread's permissions. */
  #workerModule(worker: number): URL {
    const modules = this.#modules;
    this.#loaded[worker] = modules;
    if (modules.length === 0) return new URL(addressOf("src/pool/task_worker.ts"));
    const imports = modules.map((module, i) => `import * as m${i} from ${JSON.stringify(module)};`);
    const named = modules.map((module, i) => `${JSON.stringify(module)}: m${i}`);
    const serve = JSON.stringify(addressOf("src/pool/task_serve.ts"));
    const source = `import { serveTasks } from ${serve};\n${imports.join("\n")}\n` +
      `serveTasks({ ${named.join(", ")} });\n`;
    return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  }

  /** Looks at the workers now and then, as long as there is a reason to. */
  #watch(): void {
    this.#timer ??= setInterval(() => this.#look(), WATCH_MS);
  }

  #unwatch(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    let hasReason = false;
    for (const [ticket, held] of this.#held) {
      const { job, worker } = held;
      const { timeoutMs } = job.options;
      const { cancelledMs } = job;
      if (timeoutMs === undefined && cancelledMs === undefined) continue;
      hasReason = true;
      if (held.error !== undefined) continue;
      const watch = this.#watches[worker]!;
      const isUnderWay = watch.ticket === ticket && watch.sinceMs > 0;
      if (cancelledMs !== undefined && performance.now() - cancelledMs > CANCEL_MS) {
        held.error = workerLost("nobody wanted its result");
        this.#team.retire(worker, held.error.message);
      } else if (
        timeoutMs !== undefined && isUnderWay &&
        sharedClockMs() - watch.sinceMs > timeoutMs + GRACE_MS
      ) {
        this.lost++;
        held.error = timedOut(timeoutMs, BURNING);
        this.#team.retire(worker, held.error.message);
      }
    }
    if (!hasReason) this.#unwatch();
  }
}

/** What is said of a task that can be neither waited for nor stopped. */
const BURNING = " and could not be stopped, as an asynchronous function that computes after an " +
  "await cannot: its worker was replaced, and its core is not free before the program ends";

function ticketOf(call: Call): number {
  return (call.args[0] as Chunk).ticket;
}
