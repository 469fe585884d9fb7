package dev.socketserver.mailbox.redis;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Written;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxFullException;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.store.Claim;
import dev.socketserver.mailbox.store.ClaimedLetter;
import dev.socketserver.mailbox.store.Claimer;
import dev.socketserver.mailbox.store.LetterFilter;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.NextLetter;
import dev.socketserver.mailbox.store.Posted;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.mailbox.store.StoredLetter;
import dev.socketserver.mailbox.store.StoredState;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Letters in Redis. Each method is one script, and so one step; one that the client has
 * repeated, since its connection broke, does nothing the second time.
 */
public final class RedisLetterStore implements LetterStore {

	private static final int MANY = 500;

	private final RedisTemplate<String, byte[]> redis;

	private final String prefix;

	private final Runnable durability;

	private volatile boolean checked;

	/**
	 * Creates a store.
	 * @param factory connects to Redis
	 * @param cluster the name of the cluster, whose nodes share the letters
	 * @param durability checks whether Redis keeps letters
	 */
	public RedisLetterStore(RedisConnectionFactory factory, String cluster, Runnable durability) {
		this.redis = new RedisTemplate<>();
		this.redis.setConnectionFactory(factory);
		this.redis.setKeySerializer(RedisSerializer.string());
		this.redis.setValueSerializer(RedisSerializer.byteArray());
		this.redis.afterPropertiesSet();
		this.prefix = "socket-server:{" + cluster + "}:mailbox:";
		this.durability = durability;
	}

	/**
	 * Checks whether Redis keeps letters.
	 * @throws MailboxUnavailableException if it cannot be reached
	 * @throws InvalidSocketPropertyException if it does not
	 */
	public void prepare() {
		if (!this.checked) {
			in(() -> {
				this.durability.run();
				return true;
			});
			this.checked = true;
		}
	}

	/** Once there is no start that could fail, what would fail it is an outage. */
	private void ensurePrepared() {
		try {
			prepare();
		}
		catch (InvalidSocketPropertyException ex) {
			throw unavailable(ex);
		}
	}

	private static <T> T in(Supplier<T> question) {
		try {
			return question.get();
		}
		catch (DataAccessException | IllegalStateException ex) {
			throw unavailable(ex);
		}
	}

	private static MailboxUnavailableException unavailable(RuntimeException failure) {
		return new MailboxUnavailableException("The Redis of the mailbox cannot be used: " + failure.getMessage(),
				failure);
	}

	private List<?> run(LetterScript script, Object... values) {
		ensurePrepared();
		Object[] bytes = new Object[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (values[i] instanceof byte[]) ? values[i]
					: String.valueOf(values[i]).getBytes(StandardCharsets.UTF_8);
		}
		List<?> answer = in(() -> this.redis.execute(script.script(), RedisSerializer.byteArray(), listOfBytes(),
				List.of(this.prefix), bytes));
		if (answer == null) {
			throw new MailboxUnavailableException("Redis has given no answer", null);
		}
		return answer;
	}

	@SuppressWarnings({ "unchecked", "rawtypes" }) // elements stay as they are
	private static RedisSerializer<List> listOfBytes() {
		return (RedisSerializer) RedisSerializer.byteArray();
	}

	private static String escaped(Object text) {
		return URLEncoder.encode(text.toString(), StandardCharsets.UTF_8);
	}

	private static String text(Object value) {
		return new String((byte[]) value, StandardCharsets.UTF_8);
	}

	private static long number(Object value) {
		return Long.parseLong(text(value));
	}

	private static StoredState state(Object letter) {
		List<?> fields = (List<?>) letter;
		return new StoredState(Recipient.of(URLDecoder.decode(text(fields.get(0)), StandardCharsets.UTF_8)),
				URLDecoder.decode(text(fields.get(1)), StandardCharsets.UTF_8),
				LetterState.valueOf(text(fields.get(2))), (int) number(fields.get(3)), number(fields.get(4)),
				number(fields.get(5)), number(fields.get(6)), number(fields.get(7)),
				Written.orNone(text(fields.get(8))), number(fields.get(9)), Written.orNone(text(fields.get(10))));
	}

	private static StoredLetter stored(Object letter, long now) {
		return new StoredLetter(state(letter).letter(now), (int) number(((List<?>) letter).get(11)));
	}

	private static List<Letter> letters(Object letters, long now) {
		List<Letter> all = new ArrayList<>();
		for (Object letter : (List<?>) letters) {
			all.add(state(letter).letter(now));
		}
		return all;
	}

	@Override
	public Posted post(NewLetter letter, int capacity) {
		List<?> answer = run(LetterScript.POST, escaped(letter.recipient()), escaped(letter.key()),
				letter.ttl().toMillis(), capacity, letter.payload());
		String outcome = text(answer.get(0));
		if (outcome.equals("FULL")) {
			throw new MailboxFullException(letter.recipient().toString(), capacity);
		}
		return new Posted(state(answer.get(2)).letter(number(answer.get(1))), outcome.equals("STORED"));
	}

	@Override
	public Optional<StoredLetter> find(Recipient recipient, String key) {
		List<?> answer = run(LetterScript.LIST, escaped(recipient), escaped(key), "");
		return ((List<?>) answer.get(1)).stream()
			.<StoredLetter>map((letter) -> stored(letter, number(answer.get(0))))
			.findFirst();
	}

	@Override
	public List<StoredLetter> list(Recipient recipient, LetterFilter filter) {
		String after = (filter.after() != null) ? escaped(filter.after()) : "";
		List<?> answer = run(LetterScript.LIST, escaped(recipient), "", after);
		return ((List<?>) answer.get(1)).stream()
			.<StoredLetter>map((letter) -> stored(letter, number(answer.get(0))))
			.filter((letter) -> filter.states().contains(letter.letter().state()))
			.limit(filter.most())
			.toList();
	}

	@Override
	public Optional<Letter> cancel(Recipient recipient, String key) {
		return letter(run(LetterScript.CANCEL, escaped(recipient), escaped(key)));
	}

	private static Optional<Letter> letter(List<?> answer) {
		return (answer.size() > 1) ? Optional.of(state(answer.get(1)).letter(number(answer.get(0)))) : Optional.empty();
	}

	@Override
	public NextLetter claim(Recipient recipient, Claimer claimer) {
		List<?> answer = run(LetterScript.CLAIM, escaped(recipient), claimer.token(), claimer.holder(),
				claimer.fenced() ? 1 : 0, claimer.hold().toMillis(), claimer.attempts());
		long now = number(answer.get(0));
		List<Letter> ended = letters(answer.get(1), now);
		if (answer.size() < 4) {
			Duration due = (answer.size() == 3) ? Duration.ofMillis(number(answer.get(2))) : null;
			return new NextLetter(null, due, ended);
		}
		StoredState claimed = state(answer.get(3));
		return new NextLetter(new ClaimedLetter(claimed.letter(now), (byte[]) answer.get(4), claimed.claim(),
				Duration.ofMillis(claimed.expiresAt() - now)), null, ended);
	}

	@Override
	public Optional<Letter> end(Claim claim, boolean attempted, LetterState state, @Nullable String detail) {
		return letter(run(LetterScript.END, escaped(claim.recipient()), escaped(claim.key()), claim.token(),
				claim.holder(), claim.attempt(), claim.attempts(attempted), state, (detail != null) ? detail : ""));
	}

	@Override
	public void giveBack(Claim claim, boolean attempted, Duration pause, @Nullable String detail) {
		run(LetterScript.GIVEBACK, escaped(claim.recipient()), escaped(claim.key()), claim.token(), claim.holder(),
				claim.attempt(), attempted ? 1 : 0, pause.toMillis(), (detail != null) ? detail : "");
	}

	@Override
	public List<Letter> expire(int most) {
		List<?> answer = run(LetterScript.EXPIRE, most);
		return letters(answer.get(1), number(answer.get(0)));
	}

	@Override
	public void forget(Duration keep) {
		while (number(run(LetterScript.FORGET, keep.toMillis(), MANY).get(0)) == MANY) {
			ensurePrepared();
		}
	}

	@Override
	public Set<Recipient> due(Collection<Recipient> recipients) {
		if (recipients.isEmpty()) {
			return Set.of();
		}
		Set<Recipient> due = new HashSet<>();
		for (Object identity : run(LetterScript.DUE, recipients.stream().map(RedisLetterStore::escaped).toArray())) {
			due.add(Recipient.of(URLDecoder.decode(text(identity), StandardCharsets.UTF_8)));
		}
		return due;
	}

	@Override
	public void check() {
		List<?> unused = run(LetterScript.CHECK);
	}

	@Override
	public long count() {
		ensurePrepared();
		Long count = in(() -> this.redis.opsForZSet().zCard(this.prefix + "expiry"));
		return (count != null) ? count : 0;
	}

}
