package dev.socketserver.mailbox.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxFullException;
import org.jspecify.annotations.Nullable;

/**
 * Letters in memory, which are lost with the process. All is guarded by the monitor of
 * this object.
 */
public final class MemoryLetterStore implements LetterStore {

	private final InstantSource clock;

	/** The letters of each recipient by their keys, the oldest first. */
	private final Map<Recipient, Map<String, Entry>> letters = new HashMap<>();

	/**
	 * Creates a store.
	 * @param clock the only clock that counts
	 */
	public MemoryLetterStore(InstantSource clock) {
		this.clock = clock;
	}

	private Map<String, Entry> of(Recipient recipient) {
		return this.letters.getOrDefault(recipient, Map.of());
	}

	@Override
	public synchronized Posted post(NewLetter letter, int capacity) {
		long now = this.clock.millis();
		Map<String, Entry> all = this.letters.computeIfAbsent(letter.recipient(), (key) -> new LinkedHashMap<>());
		Entry known = all.get(letter.key());
		if (known != null) {
			return new Posted(known.state.letter(now), false);
		}
		if (all.values().stream().filter((entry) -> !entry.state.state(now).isFinal()).count() >= capacity) {
			throw new MailboxFullException(letter.recipient().toString(), capacity);
		}
		Entry added = new Entry(StoredState.posted(letter, now), letter.payload().clone());
		all.put(letter.key(), added);
		return new Posted(added.state.letter(now), true);
	}

	@Override
	public synchronized Optional<StoredLetter> find(Recipient recipient, String key) {
		Entry entry = of(recipient).get(key);
		return (entry != null) ? Optional.of(entry.stored(this.clock.millis())) : Optional.empty();
	}

	@Override
	public synchronized List<StoredLetter> list(Recipient recipient, LetterFilter filter) {
		long now = this.clock.millis();
		List<StoredLetter> found = new ArrayList<>();
		boolean behind = filter.after() == null;
		for (Entry entry : of(recipient).values()) {
			if (behind && found.size() < filter.most() && filter.states().contains(entry.state.state(now))) {
				found.add(entry.stored(now));
			}
			behind |= entry.state.key().equals(filter.after());
		}
		return found;
	}

	@Override
	public synchronized Optional<Letter> cancel(Recipient recipient, String key) {
		long now = this.clock.millis();
		Entry entry = of(recipient).get(key);
		if (entry == null || entry.state.state(now) != LetterState.WAITING) {
			return Optional.empty();
		}
		entry.state = entry.state.ended(LetterState.CANCELLED, null, now);
		return Optional.of(entry.state.letter(now));
	}

	@Override
	public synchronized NextLetter claim(Recipient recipient, Claimer claimer) {
		long now = this.clock.millis();
		List<Letter> ended = new ArrayList<>(0);
		Entry oldest = null;
		long highest = 0;
		for (Entry entry : of(recipient).values()) {
			highest = Math.max(highest, entry.state.token());
			if (oldest == null && !entry.endByTime(claimer.attempts(), now, ended) && !entry.state.state().isFinal()) {
				oldest = entry;
			}
		}
		if (oldest == null || (claimer.fenced() && claimer.token() < highest)) {
			return new NextLetter(null, null, ended);
		}
		Duration wait = oldest.state.heldFor(now);
		if (!wait.isZero()) {
			return new NextLetter(null, wait, ended);
		}
		oldest.state = oldest.state.claimed(claimer, now);
		return new NextLetter(new ClaimedLetter(oldest.state.letter(now), oldest.payload, oldest.state.claim(),
				Duration.ofMillis(oldest.state.expiresAt() - now)), null, ended);
	}

	private @Nullable Entry held(Claim claim) {
		Entry entry = of(claim.recipient()).get(claim.key());
		return (entry != null && entry.state.isHeldBy(claim)) ? entry : null;
	}

	@Override
	public synchronized Optional<Letter> end(Claim claim, boolean attempted, LetterState state,
			@Nullable String detail) {
		Entry entry = of(claim.recipient()).get(claim.key());
		if (entry == null) {
			return Optional.empty();
		}
		long now = this.clock.millis();
		if (entry.state.isHeldBy(claim)) {
			entry.state = entry.state.ended(attempted, state, detail, now);
		}
		return entry.state.isEndOf(claim, attempted, state) ? Optional.of(entry.state.letter(now)) : Optional.empty();
	}

	@Override
	public synchronized void giveBack(Claim claim, boolean attempted, Duration pause, @Nullable String detail) {
		Entry entry = held(claim);
		if (entry != null) {
			entry.state = entry.state.waiting(attempted, pause, detail, this.clock.millis());
		}
	}

	@Override
	public synchronized List<Letter> expire(int most) {
		long now = this.clock.millis();
		List<Letter> ended = new ArrayList<>();
		for (Map<String, Entry> all : this.letters.values()) {
			for (Entry entry : all.values()) {
				if (ended.size() < most && now >= entry.state.expiresAt()) {
					entry.endByTime(Integer.MAX_VALUE, now, ended);
				}
			}
		}
		return ended;
	}

	@Override
	public synchronized void forget(Duration keep) {
		long before = this.clock.millis() - keep.toMillis();
		for (Iterator<Map<String, Entry>> each = this.letters.values().iterator(); each.hasNext();) {
			Map<String, Entry> all = each.next();
			all.values().removeIf((entry) -> entry.state.state().isFinal() && entry.state.endedAt() <= before);
			if (all.isEmpty()) {
				each.remove();
			}
		}
	}

	@Override
	public synchronized Set<Recipient> due(Collection<Recipient> recipients) {
		long now = this.clock.millis();
		Set<Recipient> due = new HashSet<>();
		for (Recipient recipient : recipients) {
			of(recipient).values()
				.stream()
				.filter((entry) -> !entry.state.state(now).isFinal())
				.findFirst()
				.filter((oldest) -> oldest.state.heldFor(now).isZero())
				.ifPresent((oldest) -> due.add(recipient));
		}
		return due;
	}

	@Override
	public synchronized long count() {
		return this.letters.values()
			.stream()
			.flatMap((all) -> all.values().stream())
			.filter((entry) -> !entry.state.state().isFinal())
			.count();
	}

	/** A letter. */
	private static final class Entry {

		private final byte[] payload;

		private StoredState state;

		Entry(StoredState state, byte[] payload) {
			this.state = state;
			this.payload = payload;
		}

		StoredLetter stored(long now) {
			return new StoredLetter(this.state.letter(now), this.payload.length);
		}

		boolean endByTime(int attempts, long now, List<Letter> ended) {
			StoredState end = this.state.endedByTime(attempts, now);
			if (end == null) {
				return false;
			}
			this.state = end;
			ended.add(end.letter(now));
			return true;
		}

	}

}
