package dev.socketserver.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.socketserver.chaos.Abuse.Lie;
import dev.socketserver.chaos.ClientLoss.Loss;
import dev.socketserver.chaos.ClusterAction.Event;
import dev.socketserver.chaos.Operation.Act;
import dev.socketserver.chaos.Question.Behavior;
import dev.socketserver.chaos.Traffic.Ending;
import dev.socketserver.chaos.Trouble.Fault;

/**
 * What happens, and in what order it begins: made of a seed, and nothing else. Each kind
 * of action is there once at least, so that few schedules find much; the others are drawn
 * by their weights.
 *
 * @param seed the seed
 * @param steps the actions
 */
record Schedule(long seed, List<Step> steps) {

	private static final List<String> ECHOES = List.of("line", "loop", "tls", "proxy");

	private static final List<String> PLAIN = List.of("line", "loop");

	private static final List<Function<Random, Action>> KINDS = kinds();

	/** How often the kinds of traffic are drawn, for each of another kind. */
	private static final int TRAFFIC = 8;

	/**
	 * Makes a schedule.
	 * @param seed the seed
	 * @param extra how many actions there are beyond one of each kind
	 */
	static Schedule of(long seed, int extra) {
		Random random = new Random(seed * 0x9E3779B97F4A7C15L);
		List<Action> actions = new ArrayList<>();
		KINDS.forEach((kind) -> actions.add(kind.apply(random)));
		for (int i = 0; i < extra; i++) {
			actions.add((random.nextInt(TRAFFIC + 1) < TRAFFIC) ? talk(random, endingOf(random))
					: KINDS.get(random.nextInt(KINDS.size())).apply(random));
		}
		Collections.shuffle(actions, random);
		// What nothing may be beside would have all others wait: first, or last.
		List<Action> alone = actions.stream().filter(Action::isAlone).toList();
		actions.removeAll(alone);
		actions.addAll(random.nextBoolean() ? 0 : actions.size(), alone);
		return numbered(seed, actions);
	}

	private static Schedule numbered(long seed, List<Action> actions) {
		List<Step> steps = new ArrayList<>();
		for (int i = 0; i < actions.size(); i++) {
			steps.add(new Step(i, actions.get(i)));
		}
		return new Schedule(seed, steps);
	}

	/**
	 * Makes a schedule of sessions that talk, and of nothing that goes wrong.
	 * @param seed the seed
	 * @param count how many
	 */
	static Schedule ofTraffic(long seed, int count) {
		Random random = new Random(seed * 0x9E3779B97F4A7C15L);
		return new Schedule(seed,
				IntStream.range(0, count).mapToObj((i) -> new Step(i, talk(random, endingOf(random)))).toList());
	}

	/**
	 * Returns the schedule with what happens to a cluster. That is drawn by itself, so
	 * that the other steps of a seed stay what they are. Each schedule breaks the cluster
	 * once, and has sessions of both nodes take an identity from each other.
	 */
	Schedule withCluster() {
		List<Event> faults = List.of(Event.REDIS_RESTART, Event.NODE_KILL, Event.NODE_FREEZE, Event.REDIS_RESTART);
		return with(List.of(new ClusterAction(faults.get(Math.floorMod(this.seed, faults.size()))),
				new ClusterAction(Event.TAKEOVERS), new ClusterAction(Event.NOTHING)));
	}

	/**
	 * Returns the schedule with two connections that the client loses, and two requests.
	 */
	Schedule withClient() {
		Loss[] losses = Loss.values();
		ClientAsk.Behavior[] behaviors = ClientAsk.Behavior.values();
		return with(List.of(new ClientLoss(losses[Math.floorMod(this.seed, losses.length)]),
				new ClientLoss(losses[Math.floorMod(this.seed + 2, losses.length)]),
				new ClientAsk(behaviors[Math.floorMod(this.seed, behaviors.length)]),
				new ClientAsk(behaviors[Math.floorMod(this.seed + 2, behaviors.length)])));
	}

	/** Returns the schedule with two peers whose lines have checksums. */
	Schedule withSums() {
		return with(List.of(new Traffic.Sums(this.seed, 40), new Traffic.Sums(this.seed + 1, 10)));
	}

	/** Returns the schedule with sends between the nodes of a cluster. */
	Schedule withSends(int count) {
		return with(Collections.nCopies(count, new ClusterAction(Event.NOTHING)));
	}

	/** These take long, and begin behind those only that have nothing beside them. */
	private Schedule with(List<? extends Action> more) {
		List<Step> all = new ArrayList<>(this.steps);
		int at = (int) all.stream().takeWhile((step) -> step.action().isAlone()).count();
		for (int i = 0; i < more.size(); i++) {
			all.add(at, new Step(this.steps.size() + i, more.get(i)));
		}
		return new Schedule(this.seed, all);
	}

	/** Whether there must be another node. */
	boolean needsCluster() {
		return this.steps.stream().anyMatch((step) -> step.action().needsCluster());
	}

	/** Returns the schedule with some of its steps only. */
	Schedule keep(Collection<Integer> numbers) {
		return new Schedule(this.seed, this.steps.stream().filter((step) -> numbers.contains(step.number())).toList());
	}

	List<Integer> numbers() {
		return this.steps.stream().map(Step::number).toList();
	}

	/** Returns how many actions there are of each kind. */
	TreeMap<String, Long> kindsOfActions() {
		return this.steps.stream()
			.collect(Collectors.groupingBy((step) -> step.action().kind(), TreeMap::new, Collectors.counting()));
	}

	private static List<Function<Random, Action>> kinds() {
		List<Function<Random, Action>> kinds = new ArrayList<>();
		for (Ending ending : Ending.values()) {
			kinds.add((random) -> talk(random, ending));
		}
		PLAIN.forEach((server) -> {
			kinds.add((random) -> new Traffic.FreezeAndThaw(server, 250 + random.nextInt(200)));
			kinds.add((random) -> new Abuse.NeverRead(server));
			kinds.add((random) -> new Traffic.Burst(server, 1 + random.nextInt(100)));
		});
		kinds.add((random) -> new Traffic.Accounts(any(random, ECHOES), 1 + random.nextInt(20)));
		kinds.add((random) -> new Abuse.Vanish(any(random, PLAIN)));
		kinds.add((random) -> new Abuse.HalfFrame(any(random, PLAIN)));
		kinds.add((random) -> new Abuse.TooLong(any(random, PLAIN)));
		kinds.add((random) -> new Abuse.Garbage(any(random, PLAIN), random.nextLong()));
		kinds.add((random) -> new Abuse.BadTls(false));
		kinds.add((random) -> new Abuse.BadTls(true));
		kinds.add((random) -> new Abuse.Crowd(false));
		kinds.add((random) -> new Abuse.Crowd(true));
		for (Lie lie : Lie.values()) {
			kinds.add((random) -> new Abuse.Proxy(lie, random.nextInt(1_000)));
		}
		for (Behavior behavior : Behavior.values()) {
			kinds.add((random) -> new Question(behavior));
		}
		for (Act act : Act.values()) {
			kinds.add((random) -> new Operation(act, 2 + random.nextInt(2)));
		}
		for (Fault fault : Fault.values()) {
			kinds.add((random) -> new Trouble.Handler(fault));
		}
		kinds.add((random) -> new Trouble.NoDescriptors(200 + random.nextInt(200)));
		kinds.add((random) -> new Trouble.FrozenProcess(150 + random.nextInt(200)));
		kinds.add((random) -> new Trouble.NewCertificate());
		return List.copyOf(kinds);
	}

	private static Action talk(Random random, Ending ending) {
		boolean ends = ending == Ending.HALF_CLOSE || ending == Ending.LAST_LINE;
		return new Traffic.Talk(any(random, ends ? PLAIN : ECHOES), random.nextLong(), 1 + random.nextInt(60), ending);
	}

	private static Ending endingOf(Random random) {
		return Ending.values()[random.nextInt(Ending.values().length)];
	}

	private static String any(Random random, List<String> names) {
		return names.get(random.nextInt(names.size()));
	}

	/**
	 * One action in its place.
	 *
	 * @param number its number in the whole schedule, which it keeps when others are left
	 * out
	 * @param action the action
	 */
	record Step(int number, Action action) {

		@Override
		public String toString() {
			return this.number + " " + this.action;
		}

	}

}
