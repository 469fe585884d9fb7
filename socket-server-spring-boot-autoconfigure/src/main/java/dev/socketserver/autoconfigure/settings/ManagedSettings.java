package dev.socketserver.autoconfigure.settings;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.autoconfigure.lifecycle.LateBean;
import dev.socketserver.autoconfigure.lifecycle.SetUpAttempt;
import dev.socketserver.autoconfigure.lifecycle.SocketClientsLifecycle;
import dev.socketserver.autoconfigure.lifecycle.SocketServersDrain;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.autoconfigure.port.LocalPlaceholders;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.registration.SocketClientSpecCustomizer;
import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
import dev.socketserver.autoconfigure.settings.Differences.Owner;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.autoconfigure.spec.TlsBundles;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.event.SocketSettingsChangedEvent;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.SettingsListener;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsPlan;
import dev.socketserver.settings.SettingsRecord;
import dev.socketserver.settings.SettingsRecord.Outcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.StringUtils;

/**
 * The settings of an application. What is in force is replaced as a whole, by one change
 * at a time.
 */
final class ManagedSettings implements SocketSettings {

	private static final int HISTORY = 20;

	/** For how long what is pending is not counted again. */
	private static final long COUNTED_NANOS = TimeUnit.SECONDS.toNanos(2);

	private static final SafeLogger logger = SafeLogger.of(ManagedSettings.class);

	private final ConfigurableApplicationContext context;

	private final SocketServers servers;

	private final LateBean<SocketClients> clients;

	private final SettingsTable table = new SettingsTable();

	private final FailureTexts texts;

	private final LocalPlaceholders placeholders;

	private final Binding binding;

	private final Trial trial;

	private final ReentrantLock changing = new ReentrantLock();

	private final Deque<SettingsRecord> history = new ArrayDeque<>();

	private volatile @Nullable InForce inForce;

	private volatile int pending;

	/** Held by whoever counts what is pending; others take the number that there is. */
	private final ReentrantLock counting = new ReentrantLock();

	/** When that was counted last. Guarded by the lock. */
	private long counted = System.nanoTime() - COUNTED_NANOS;

	/** What a change has made, and is about to put in force, entry by entry. */
	private volatile SetUpAttempt making = SetUpAttempt.none();

	/** What was in force before, while servers and clients that it has are removed. */
	private volatile @Nullable InForce removing;

	/** What the last look has found: nothing is made twice of the same properties. */
	private volatile @Nullable Comparison last;

	ManagedSettings(ConfigurableApplicationContext context, SocketServers servers, TlsBundles bundles) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		this.context = context;
		this.servers = servers;
		this.clients = new LateBean<>(beans, SocketClients.class, "socketClients");
		this.texts = new FailureTexts(beans, context.getEnvironment());
		this.placeholders = new LocalPlaceholders(context.getEnvironment());
		this.binding = new Binding(context.getEnvironment(), this.placeholders, this.texts);
		this.trial = new Trial(beans, context.getEnvironment(), bundles, this.texts, new KeptPlaces(servers));
	}

	private InForce inForce() {
		InForce known = this.inForce;
		return (known != null) ? known : first();
	}

	private synchronized InForce first() {
		InForce known = this.inForce;
		if (known == null) {
			Configured configured = new Configured(this.context.getBean(SocketProperties.class), Set.of(),
					this.placeholders);
			known = InForce.nothing(configured)
				.next(configured, this.context.getBean(ConfiguredEntries.class).described());
			this.inForce = known;
		}
		return known;
	}

	/** Returns what is in force for an entry: until it is gone, what was before. */
	private InForce inForce(SettingsEntry entry) {
		InForce now = inForce();
		InForce before = this.removing;
		return (before != null && !now.configured().has(entry)) ? before : now;
	}

	private synchronized void inForce(InForce next, int pending) {
		this.pending = pending;
		this.inForce = next;
	}

	@Override
	public long version() {
		InForce known = this.inForce;
		return (known != null) ? known.version() : 1;
	}

	@Override
	public int pending() {
		// Whoever reads a meter waits for no change, nor for another who reads it.
		if (!this.changing.isLocked() && this.counting.tryLock()) {
			try {
				if (System.nanoTime() - this.counted >= COUNTED_NANOS) {
					count(inForce());
					// From here on, so that it takes a small part of the time.
					this.counted = System.nanoTime();
				}
			}
			finally {
				this.counting.unlock();
			}
		}
		return this.pending;
	}

	/** Counts what differs, and makes nothing of it. */
	private void count(InForce now) {
		Binding.Bound bound = this.binding.bind(now.configured());
		List<Change> changes = changes(now, bound);
		Comparison before = before(now, bound, changes);
		Comparison found = (before != null) ? before
				: new Comparison(now, bound.configured(), changes, List.of(), bound.mistakes(), null);
		pending(now, found.rows().size());
	}

	/** Takes note of what is pending, unless others are in force by now. */
	private synchronized void pending(InForce now, int count) {
		if (this.inForce == now) {
			this.pending = count;
		}
	}

	@Override
	public List<SettingsRecord> history() {
		synchronized (this.history) {
			return List.copyOf(this.history);
		}
	}

	@Override
	public List<Setting> of(SocketServer server) {
		ServerSpec spec = server.spec();
		return settings(new SettingsEntry(Section.SERVERS, server.name()), spec, true, SocketServerSpecCustomizer.class,
				() -> ServerSpec.builder(server.name()).handler(spec.handler()).build());
	}

	@Override
	public List<Setting> of(SocketClient client) {
		ClientSpec spec = client.spec();
		return settings(new SettingsEntry(Section.CLIENTS, client.name()), spec, !spec.byHand(),
				SocketClientSpecCustomizer.class,
				() -> ClientSpec.builder(client.name()).port(1).handler(spec.session().handler()).build());
	}

	/**
	 * Returns the settings of a server or client.
	 * @param spec its specification
	 * @param handled whether it has a handler of the application
	 * @param customizers the type of the beans that may have changed it
	 * @param plain makes a specification in which nothing is set
	 */
	private List<Setting> settings(SettingsEntry entry, Object spec, boolean handled, Class<?> customizers,
			Supplier<?> plain) {
		Shown shown = new Shown(this.table, entry.section());
		InForce now = inForce(entry);
		List<?> steps = now.steps(entry);
		if (!steps.isEmpty() && isOurs(entry, spec, now)) {
			shown.configured(now.configured().of(entry));
			shown.customized(steps, names(customizers));
		}
		else {
			shown.code(spec, plain.get(), handled);
		}
		return shown.all();
	}

	/** Returns the names of beans, in their order. */
	private List<String> names(Class<?> type) {
		List<String> names = List.of(this.context.getBeanFactory().getBeanNamesForType(type, true, false));
		return this.context.getBeanProvider(type)
			.orderedStream()
			.map((bean) -> names.stream()
				.filter((name) -> this.context.getBean(name) == bean)
				.findFirst()
				.orElse(bean.getClass().getName()))
			.toList();
	}

	@Override
	public SettingsPlan plan() {
		Comparison now = compare(inForce());
		return new SettingsPlan(now.inForce().version(), now.rows());
	}

	private Comparison compare(InForce now) {
		Binding.Bound bound = this.binding.bind(now.configured());
		List<Change> changes = changes(now, bound);
		List<Mistake> mistakes = new ArrayList<>(bound.mistakes());
		Comparison before = before(now, bound, changes);
		if (before != null && before.mistakes().isEmpty()) {
			return before;
		}
		Comparison all = new Comparison(now, bound.configured(), changes, List.of(), mistakes, null);
		List<Change> possible = changes.stream().filter((change) -> change.verdict() != Verdict.REFUSED).toList();
		Trial.Result result = null;
		if (!possible.isEmpty()) {
			result = all.make(this.trial, possible);
			if (!result.mistakes().isEmpty() && all.needsRefused(this.trial, possible)) {
				result = all.make(this.trial, result.changes());
				possible = result.changes();
			}
			result.mistakes()
				.stream()
				.filter((found) -> bound.mistakes().stream().noneMatch((unread) -> unread.mayCause(found)))
				.forEach(mistakes::add);
		}
		Comparison comparison = new Comparison(now, bound.configured(), changes, possible, mistakes, result);
		this.last = comparison;
		pending(now, comparison.rows().size());
		return comparison;
	}

	private List<Change> changes(InForce now, Binding.Bound bound) {
		return new Differences(this.table, now.configured(), bound.configured(), this::owner, now::described,
				this::isByHand)
			.all();
	}

	/** Returns what the last look has found, if this one finds the same. */
	private @Nullable Comparison before(InForce now, Binding.Bound bound, List<Change> changes) {
		Comparison before = this.last;
		return (before != null && before.inForce() == now && before.next() == bound.configured()
				&& before.changes().equals(changes)) ? before : null;
	}

	private Owner owner(SettingsEntry entry) {
		Object spec = spec(entry);
		if (spec == null) {
			return Owner.NONE;
		}
		return isOurs(entry, spec, inForce(entry)) ? Owner.PROPERTIES : Owner.CODE;
	}

	/** Returns the specification of what is registered; {@code null} if nothing is. */
	private @Nullable Object spec(SettingsEntry entry) {
		SocketServer server = server(entry);
		if (server != null) {
			return server.spec();
		}
		SocketClient client = client(entry);
		return (client != null) ? client.spec() : null;
	}

	private boolean isOurs(SettingsEntry entry, Object spec, InForce now) {
		return Stream.of(now.made(), this.making)
			.map((made) -> made.steps(entry.section(), entry.name()))
			.anyMatch((steps) -> !steps.isEmpty() && steps.get(steps.size() - 1) == spec);
	}

	private boolean isByHand(SettingsEntry entry) {
		return spec(entry) instanceof ClientSpec spec && spec.byHand();
	}

	@Override
	public SettingsOutcome apply(SettingsPlan plan, Verdict most, String by) {
		// A listener of this change is called by it, and must wait as others do.
		if (this.changing.isHeldByCurrentThread() || !this.changing.tryLock()) {
			throw new SettingsConflictException("Another change of settings is under way");
		}
		try {
			return change(plan, most, by);
		}
		finally {
			this.changing.unlock();
		}
	}

	private SettingsOutcome change(SettingsPlan plan, Verdict most, String by) {
		InForce now = inForce();
		Comparison comparison = compare(now);
		Set<SettingsChange> planned = new HashSet<>(plan.changes());
		List<Change> chosen = comparison.changes()
			.stream()
			.filter((change) -> change.verdict() != Verdict.REFUSED && change.verdict().compareTo(most) <= 0)
			.filter((change) -> planned.contains(change.shown()))
			.toList();
		refuse(comparison.mistakes(), now, by);
		chosen.forEach(this::checkState);
		Trial.Result made = chosen.isEmpty() ? null : tried(comparison, chosen);
		if (made != null) {
			refuse(made.mistakes(), now, by);
		}
		if (made == null || made.changes().isEmpty()) {
			return new SettingsOutcome(now.version(), List.of(), comparison.rows());
		}
		List<SettingsChange> rows = made.changes().stream().map(Change::shown).toList();
		InForce after = now.next(made.configured(), made.made());
		List<SettingsChange> left = comparison.rows().stream().filter((row) -> !rows.contains(row)).toList();
		Steps steps;
		SettingsRecord applied;
		this.making = made.made();
		try {
			steps = make(now, made, rows, by);
			// Whoever finds the version finds its record.
			applied = record(after.version(), by, Outcome.APPLIED, rows);
			this.removing = now;
			inForce(after, left.size());
		}
		finally {
			this.making = SetUpAttempt.none();
		}
		// Takes as long as their sessions do, and nothing is taken back any more.
		try {
			steps.remove();
		}
		finally {
			this.removing = null;
		}
		remember(after);
		logger.info("Settings {} are in force, by {}: {}", after.version(), by, names(rows));
		ended(applied);
		notify(() -> this.context.publishEvent(new SocketSettingsChangedEvent(after.version(), rows, by)));
		return new SettingsOutcome(after.version(), rows, left);
	}

	/** Tries some of the changes of which all together have no mistake. */
	private Trial.Result tried(Comparison comparison, List<Change> chosen) {
		Trial.Result all = comparison.result();
		if (all != null && comparison.possible().equals(chosen)) {
			return all;
		}
		Trial.Result made = comparison.make(this.trial, chosen);
		// What has a mistake now needs a change that is left, and is left with it.
		return made.mistakes().isEmpty() ? made : comparison.make(this.trial, made.changes());
	}

	private static String names(List<SettingsChange> rows) {
		return rows.stream()
			.map((row) -> row.entry() + ((row.key() != null) ? "." + row.key() : " " + row.verdict()))
			.collect(Collectors.joining(", "));
	}

	private void refuse(List<Mistake> mistakes, InForce now, String by) {
		if (!mistakes.isEmpty()) {
			ended(record(now.version(), by, Outcome.REFUSED,
					mistakes.stream().map((mistake) -> mistake.shown(now.configured())).toList()));
			throw new SettingsRefusedException(mistakes.stream().map(Mistake::refusal).toList());
		}
	}

	/** Refuses to change what is just starting or ending. */
	private void checkState(Change change) {
		SettingsEntry entry = Objects.requireNonNull(change.entry());
		SocketServer server = server(entry);
		SocketClient client = client(entry);
		Enum<?> state = (server != null) ? server.state() : (client != null) ? client.state() : null;
		if (state == ServerState.STARTING || state == ServerState.DRAINING || state == ClientState.CLOSING) {
			throw new SettingsConflictException("%s '%s' is %s: its settings can be changed when that is over"
				.formatted(StringUtils.capitalize(entry.section().word()), entry.name(), state));
		}
	}

	private @Nullable SocketServer server(SettingsEntry entry) {
		return (entry.section() == Section.SERVERS) ? this.servers.server(entry.name()).orElse(null) : null;
	}

	private @Nullable SocketClient client(SettingsEntry entry) {
		SocketClients all = (entry.section() == Section.CLIENTS) ? this.clients.known() : null;
		return (all != null) ? all.client(entry.name()).orElse(null) : null;
	}

	/** Returns what the changes of each entry need. */
	private static Map<SettingsEntry, Verdict> greatest(List<Change> chosen) {
		Map<SettingsEntry, Verdict> greatest = new LinkedHashMap<>();
		for (Change change : chosen) {
			boolean kept = change.isBelow("start.");
			greatest.merge(Objects.requireNonNull(change.entry()), kept ? Verdict.APPLIED : change.verdict(),
					(one, other) -> (one.compareTo(other) > 0) ? one : other);
		}
		return greatest;
	}

	/** Makes all that can be taken back, and does so if a part fails. */
	private Steps make(InForce now, Trial.Result made, List<SettingsChange> rows, String by) {
		Steps steps = new Steps(this.context.getBeanFactory(), this.servers, this.clients, greatest(made.changes()),
				made, now, () -> this.trial.again(now.configured()));
		try {
			steps.make();
		}
		catch (RuntimeException | Error ex) {
			String taken = steps.takeBack();
			ended(record(now.version(), by, Outcome.FAILED, rows));
			throw new SettingsConflictException(
					this.texts.of(ex) + System.lineSeparator() + System.lineSeparator() + taken, ex);
		}
		steps.newVersion();
		return steps;
	}

	/** Has the context know what to start when it starts again, and if any is left. */
	private void remember(InForce after) {
		this.context.getBeanProvider(SocketServersDrain.class).ifAvailable(SocketServersDrain::changed);
		this.context.getBeanProvider(SocketServersLifecycle.class)
			.ifAvailable((lifecycle) -> lifecycle.replace(after.made().servers()));
		this.context.getBeanProvider(SocketClientsLifecycle.class)
			.ifAvailable((lifecycle) -> lifecycle.replace(after.made().clients()));
	}

	private SettingsRecord record(long version, String by, Outcome outcome, List<SettingsChange> changes) {
		SettingsRecord attempt = new SettingsRecord(version, Instant.now(), by, outcome, changes);
		synchronized (this.history) {
			if (this.history.size() == HISTORY) {
				this.history.removeFirst();
			}
			this.history.addLast(attempt);
		}
		return attempt;
	}

	private void ended(SettingsRecord attempt) {
		this.context.getBeanProvider(SettingsListener.class)
			.orderedStream()
			.forEach((listener) -> notify(() -> listener.ended(attempt)));
	}

	/** What was changed is in force, whatever a listener does. */
	private static void notify(Runnable listener) {
		try {
			listener.run();
		}
		catch (RuntimeException ex) {
			logger.warn("A listener has failed to take note of changed settings", ex);
		}
	}

	/**
	 * What the environment says, compared with what is in force.
	 *
	 * @param inForce what is in force
	 * @param next what the environment says
	 * @param changes all differences
	 * @param possible those of them that are not refused
	 * @param mistakes what a start would fail with
	 * @param result what all possible changes would make, or {@code null} if there are
	 * none
	 */
	private record Comparison(InForce inForce, Configured next, List<Change> changes, List<Change> possible,
			List<Mistake> mistakes, Trial.@Nullable Result result) {

		/** Makes some of the changes. */
		Trial.Result make(Trial trial, List<Change> chosen) {
			return trial.make(this.inForce.configured(), this.next, this.changes, chosen);
		}

		/** Whether what is wrong about some changes is right together with all others. */
		boolean needsRefused(Trial trial, List<Change> possible) {
			List<Change> all = this.changes.stream().filter((change) -> change.entry() != null).toList();
			return all.size() > possible.size() && make(trial, all).mistakes().isEmpty();
		}

		/** Returns the changes as they are shown: what is wrong has the reason. */
		List<SettingsChange> rows() {
			List<SettingsChange> rows = new ArrayList<>();
			List<Mistake> found = new ArrayList<>();
			for (Change change : this.changes) {
				Mistake wrong = this.mistakes.stream()
					.filter((mistake) -> isAbout(mistake, change))
					.findFirst()
					.orElse(null);
				if (wrong != null) {
					found.add(wrong);
					rows.add(change.with(Verdict.REFUSED, wrong.reason()).shown());
				}
				else {
					rows.add(change.shown());
				}
			}
			this.mistakes.stream()
				.filter((mistake) -> !found.contains(mistake))
				.forEach((mistake) -> rows.add(mistake.shown(this.inForce.configured())));
			return rows;
		}

		private static boolean isAbout(Mistake mistake, Change change) {
			boolean entry = Objects.equals(mistake.entry(), change.shown().entry())
					|| ("server-defaults".equals(mistake.entry()) && change.entry() != null);
			return entry && change.isOf(mistake.key());
		}

	}

}
