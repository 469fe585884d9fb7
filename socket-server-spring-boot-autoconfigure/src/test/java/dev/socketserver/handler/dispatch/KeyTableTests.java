package dev.socketserver.handler.dispatch;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.key.Discriminator;
import dev.socketserver.handler.key.Discriminators;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** How methods are found by the keys of frames, and what that costs. */
class KeyTableTests {

	private static final int MESSAGES = 10_000;

	/** Two pairs have the same hash. The last is what malformed bytes are read as. */
	private static final List<String> LETTERS = List.of("Aa", "BB", "C#", "Bb", "x", "0x", "0X", "é", "€", "\uFFFD");

	private final PayloadConverter<byte[]> bytes = PayloadConverter.bytes();

	static List<Charset> charsets() {
		return List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16BE);
	}

	@ParameterizedTest
	@MethodSource("charsets")
	void wordsAreFoundAsTheirTextIs(Charset charset) throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		Discriminator word = discriminator("word", charset);
		for (int round = 0; round < 50; round++) {
			Set<String> keys = Stream.generate(() -> word(random))
				.limit(1 + random.nextInt(200))
				.map(Discriminator::normalized)
				.filter((key) -> word.impossible(key) == null)
				.collect(Collectors.toSet());
			keys.add("PING");
			List<MappedMethod> methods = keys.stream().map((key) -> method(List.of(key))).toList();
			KeyTable table = new KeyTable("bean", word, methods, this.bytes);
			List<MappedMethod> ofText = keys.stream().map((key) -> text(key, charset)).toList();
			KeyTable texts = new KeyTable("bean", word, ofText, this.bytes);
			assertThat(texts.input()).isEqualTo(PayloadConverter.text(charset));
			for (int i = 0; i < 200; i++) {
				byte[] frame = (word(random) + " and more").getBytes(charset);
				if (random.nextInt(10) == 0) {
					frame[0] = (byte) random.nextInt();
				}
				String text = new String(frame, charset);
				assertChosen(table, methods, frame, frame, word.key(frame), seed);
				assertChosen(texts, ofText, text, text, word.key(frame), seed);
				assertChosen(texts, ofText, frame, text, word.key(frame), seed);
			}
		}
	}

	private static String word(Random random) {
		return IntStream.range(0, random.nextInt(4))
			.mapToObj((i) -> LETTERS.get(random.nextInt(LETTERS.size())))
			.collect(Collectors.joining());
	}

	/** Packed into one number, both are the same. */
	@ParameterizedTest
	@CsvSource({ "zł, {B", "iş, h_" })
	void aWordOfTextIsTakenForNoOther(String key, String word) throws Exception {
		Discriminator discriminator = discriminator("word", StandardCharsets.UTF_8);
		List<MappedMethod> methods = List.of(text(key, StandardCharsets.UTF_8));
		KeyTable table = new KeyTable("bean", discriminator, methods, this.bytes);
		assertChosen(table, methods, word, null, word, 0);
		assertChosen(table, methods, key, key, key, 0);
	}

	@Test
	void bytesAreFoundAsTheirTextIs() throws Exception {
		Discriminator discriminator = discriminator("bytes:1:2", StandardCharsets.UTF_8);
		List<MappedMethod> methods = Stream.of("0x0000", "0x0001", "0x1F80", "0x1f81", "0xffff", "0Xabcd")
			.map((key) -> method(List.of(key)))
			.toList();
		KeyTable table = new KeyTable("bean", discriminator, methods, this.bytes);
		for (int key = 0; key <= 0xffff; key++) {
			byte[] frame = { 7, (byte) (key >> 8), (byte) key, 7 };
			assertChosen(table, methods, frame, frame, "0x%04x".formatted(key), key);
		}
		assertChosen(table, methods, new byte[] { 7, 0 }, null, null, 0);
		assertChosen(table, methods, new byte[0], null, null, 0);
	}

	private static void assertChosen(KeyTable table, List<MappedMethod> methods, Object frame, Object expectedPayload,
			String key, long seed) throws Exception {
		KeyedMethod chosen = table.choose(frame);
		int expected = IntStream.range(0, methods.size())
			.filter((i) -> Discriminator.normalized(methods.get(i).keys().get(0)).equals(key))
			.findFirst()
			.orElse(KeyedMethod.NONE);
		assertThat(chosen.method()).as("method for %s, seed %s", key, seed).isEqualTo(expected);
		assertThat(chosen.key()).as("key, seed %s", seed).isEqualTo(key);
		if (expected != KeyedMethod.NONE) {
			assertThat(table.read(frame, chosen)).isEqualTo(expectedPayload);
		}
	}

	/** Unless all methods take text, a frame is an array, not yet the payload. */
	@ParameterizedTest
	@CsvSource({ "word, DATA, false", "word, DATA, true", "bytes:0:4, 0x44415441, false" })
	void choosingAmongEightKeysAllocatesNothing(String written, String key, boolean text) throws Exception {
		List<String> keys = new ArrayList<>(IntStream.range(0, 7).mapToObj("0x0000000%s"::formatted).toList());
		keys.add(3, key);
		List<MappedMethod> methods = keys.stream()
			.map((each) -> text ? text(each, StandardCharsets.UTF_8) : method(List.of(each)))
			.toList();
		Object frame = text ? "DATA 7" : "DATA 7".getBytes(StandardCharsets.US_ASCII);
		PayloadConverter<?> same = methods.get(0).reader().get();
		ServerHandler.Messages messages = DispatchedSessions.handler("bean", (spec) -> new Methods(),
				new DispatchedMethods("bean", methods, same, (type) -> same),
				new DispatchSettings(discriminator(written, StandardCharsets.UTF_8), OnUnmapped.ERROR), () -> null);
		SessionHandler handler = messages.sessions()
			.apply(ServerSpec.builder("it").handler(messages).framing(Framing.line()).build().session());
		SocketSession session = (SocketSession) Proxy.newProxyInstance(SocketSession.class.getClassLoader(),
				new Class<?>[] { SocketSession.class }, (proxy, method, arguments) -> null);
		receive(handler, frame, session);

		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		receive(handler, frame, session);
		long allocated = threads.getCurrentThreadAllocatedBytes() - before;

		assertThat(allocated / MESSAGES).as("bytes allocated for a message").isZero();
	}

	private static void receive(SessionHandler handler, Object frame, SocketSession session) throws Exception {
		for (int i = 0; i < MESSAGES; i++) {
			handler.received(frame, session);
		}
	}

	/** Does nothing for a message. */
	private static final class Methods implements MappedHandler {

		@Override
		public @Nullable Object received(int method, @Nullable Object subject, SocketSession session) {
			return null;
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			return null;
		}

	}

	private static MappedMethod text(String key, Charset charset) {
		return new MappedMethod("A.a", "method a", List.of(key), false, String.class,
				() -> PayloadConverter.text(charset), false);
	}

	/** Reads a frame as itself. */
	private static MappedMethod method(List<String> keys) {
		PayloadConverter<byte[]> same = new PayloadConverter<>() {

			@Override
			public Class<byte[]> type() {
				return byte[].class;
			}

			@Override
			public byte[] read(byte[] source, int offset, int length) {
				return source;
			}

			@Override
			public byte[] write(byte[] payload) {
				return payload;
			}

		};
		return new MappedMethod("A.a", "method a", keys, false, byte[].class, () -> same, false);
	}

	private static Discriminator discriminator(String written, Charset charset) {
		return Discriminators.builtIn(written, charset, new StaticListableBeanFactory());
	}

}
