package dev.socketserver.netty.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.tls.ClientHello.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ClientHelloTests {

	private static final int MAX = 16 * 1024;

	private static final int RECORD_HEADER = 5;

	/** What a client of the JVM sends first: one record. */
	static byte[] record(@Nullable String host, String... protocols) throws Exception {
		SSLEngine engine = Certificates.TRUSTED.client().createSSLEngine();
		engine.setUseClientMode(true);
		SSLParameters parameters = engine.getSSLParameters();
		if (host != null) {
			parameters.setServerNames(List.of(new SNIHostName(host)));
		}
		if (protocols.length > 0) {
			parameters.setProtocols(protocols);
		}
		engine.setSSLParameters(parameters);
		ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
		engine.wrap(ByteBuffer.allocate(0), out);
		return Arrays.copyOf(out.array(), out.position());
	}

	/** Puts a handshake message into records of at most so many bytes. */
	static byte[] records(byte[] record, int first, int others) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		int length = first;
		for (int start = RECORD_HEADER; start < record.length; start += length, length = others) {
			length = Math.min(length, record.length - start);
			out.write(record, 0, 3);
			out.write(length >> 8);
			out.write(length);
			out.write(record, start, length);
		}
		return out.toByteArray();
	}

	private static @Nullable String host(byte[] bytes) throws RefusedException {
		return host(bytes, bytes.length);
	}

	private static @Nullable String host(byte[] bytes, int split) throws RefusedException {
		ClientHello hello = new ClientHello(MAX, false);
		boolean complete = hello.add(Unpooled.wrappedBuffer(bytes, 0, split));
		if (!complete) {
			complete = hello.add(Unpooled.wrappedBuffer(bytes, split, bytes.length - split));
		}
		assertThat(complete).isTrue();
		return hello.host();
	}

	private static void assertRefused(byte[] bytes, String message) {
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> new ClientHello(MAX, false).add(Unpooled.wrappedBuffer(bytes)))
			.withMessageContaining(message);
	}

	@Test
	void seesTheHostThatAPeerAsksFor() throws Exception {
		assertThat(host(record("a.Example.com"))).isEqualTo("a.example.com");
		assertThat(host(record(null))).isNull();
	}

	/** Key shares of finite fields, and what is computed for TLS 1.2, may take long. */
	@Test
	void seesWhetherCurvesAreAllThatIsNeeded() throws Exception {
		byte[] record = record("a.example.com");
		assertThat(needsCurvesOnly(record)).isTrue();
		assertThat(needsCurvesOnly(record("a.example.com", "TLSv1.2"))).isFalse();

		byte[] versions = changed(record, new byte[] { 0, 43 }, 6, (byte) 3);
		assertThat(needsCurvesOnly(versions)).isFalse();
		byte[] field = changed(record, new byte[] { 0, 51 }, 6, (byte) 1);
		assertThat(needsCurvesOnly(field)).isFalse();
		byte[] unknown = changed(record, new byte[] { 0, 51 }, 6, (byte) 0x11);
		assertThat(needsCurvesOnly(unknown)).isTrue();
		byte[] noShare = changed(record, new byte[] { 0, 51 }, 1, (byte) 52);
		assertThat(needsCurvesOnly(noShare)).isFalse();
	}

	private static boolean needsCurvesOnly(byte[] bytes) throws RefusedException {
		ClientHello hello = new ClientHello(MAX, false);
		assertThat(hello.add(Unpooled.wrappedBuffer(bytes))).isTrue();
		return hello.needsCurvesOnly();
	}

	/** Changes a byte of an extension, counted from its type. */
	private static byte[] changed(byte[] record, byte[] type, int offset, byte value) {
		byte[] bytes = record.clone();
		// It is one of the last: what looks like it may occur earlier, in what is random.
		int last = bytes.length - type.length;
		while (!Arrays.equals(bytes, last, last + type.length, type, 0, type.length)
				|| (bytes[last + 2] & 0xFF) << 8 + (bytes[last + 3] & 0xFF) > bytes.length - last) {
			last--;
		}
		bytes[last + offset] = value;
		return bytes;
	}

	@Test
	void extensionThatComesTwiceIsRefused() throws Exception {
		byte[] record = record("a.example.com");
		int name = indexOf(record, "a.example.com".getBytes(US_ASCII));
		// The one after it has the same type.
		record[name + 13] = 0;
		record[name + 14] = 0;

		assertRefused(record, "malformed");
	}

	/** Also one of the many types above those that are known here. */
	@ParameterizedTest
	@ValueSource(ints = { 21, 64, 0x3A3A, 0xFEED })
	void anyExtensionThatComesTwiceIsRefused(int type) throws Exception {
		byte[] once = { (byte) (type >> 8), (byte) type, 0, 0 };
		assertThat(host(extended(record("a.example.com"), once))).isEqualTo("a.example.com");
		assertRefused(extended(record("a.example.com"), concat(once, once)), "has an element twice");
	}

	/** Adds extensions to a ClientHello of one record. */
	static byte[] extended(byte[] record, byte[] extensions) {
		byte[] bytes = concat(record, extensions);
		int content = RECORD_HEADER + 4;
		int at = content + 2 + 32;
		at += 1 + bytes[at];
		at += 2 + (bytes[at] << 8) + (bytes[at + 1] & 0xFF);
		at += 1 + bytes[at];
		setLength(bytes, 3, bytes.length - RECORD_HEADER);
		setLength(bytes, content - 2, bytes.length - content);
		setLength(bytes, at, bytes.length - at - 2);
		return bytes;
	}

	private static void setLength(byte[] bytes, int at, int length) {
		bytes[at] = (byte) (length >> 8);
		bytes[at + 1] = (byte) length;
	}

	@Test
	void segmentsMakeNoDifference() throws Exception {
		byte[] record = record("a.example.com");

		for (int split = 0; split <= record.length; split++) {
			assertThat(host(record, split)).isEqualTo("a.example.com");
		}
	}

	@Test
	void recordsMakeNoDifference() throws Exception {
		byte[] record = record("a.example.com");

		for (int split = 1; split < record.length - RECORD_HEADER; split++) {
			assertThat(host(records(record, split, MAX))).isEqualTo("a.example.com");
		}
		byte[] single = records(record, 1, 1);
		for (int split = 0; split <= single.length; split += 7) {
			assertThat(host(single, split)).isEqualTo("a.example.com");
		}
	}

	/** However it was sent, a TLS implementation reads the same, and what is after it. */
	@Test
	void isHandedOverInFewRecordsWithWhatIsAfterIt() throws Exception {
		byte[] whole = record("a.test");
		byte[] other = { 0x17, 3, 3, 0, 1, 'x' };
		for (int most : new int[] { 1, 7, 100, 1 << 14 }) {
			byte[] sent = concat(records(whole, most, most), other);
			for (int piece = 1; piece < sent.length; piece++) {
				boolean atOnce = piece >= sent.length - other.length;
				assertThat(handedOver(sent, piece)).isEqualTo(atOnce ? sent : concat(whole, other));
			}
		}
	}

	/** Else a second message could be computed at once (RFC 8446, section 5.1). */
	@Test
	void otherMessageInItsRecordIsRefused() throws Exception {
		byte[] whole = record("a.test");
		byte[] longer = concat(whole, new byte[3]);
		longer[3] = (byte) (longer.length - RECORD_HEADER >> 8);
		longer[4] = (byte) (longer.length - RECORD_HEADER);

		for (int length = whole.length; length <= longer.length; length++) {
			assertRefused(Arrays.copyOf(longer, length), "another message in its record");
		}
	}

	/** Adds pieces until it is complete, and puts what was not added behind. */
	private static byte[] handedOver(byte[] bytes, int piece) throws RefusedException {
		ClientHello hello = new ClientHello(MAX, false);
		int start = 0;
		ByteBuf last = Unpooled.copiedBuffer(bytes, 0, piece);
		while (!hello.add(last)) {
			last.release();
			start += piece;
			last = Unpooled.copiedBuffer(bytes, start, Math.min(piece, bytes.length - start));
		}
		int end = start + last.readableBytes();
		ByteBuf result = hello.handOver(last);
		byte[] all = concat(ByteBufUtil.getBytes(result), Arrays.copyOfRange(bytes, end, bytes.length));
		result.release();
		assertThat(last.refCnt()).isZero();
		return all;
	}

	private static byte[] concat(byte[] first, byte[] second) {
		byte[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	@Test
	void nothingIsCompleteTooEarly() throws Exception {
		byte[] record = record("a.example.com");

		for (int length = 0; length < record.length; length++) {
			assertThat(new ClientHello(MAX, false).add(Unpooled.wrappedBuffer(record, 0, length))).isFalse();
		}
	}

	@Test
	void hugeMessageIsRefusedWhenItIsAnnounced() {
		assertRefused(new byte[] { 0x16, 3, 1, 0, 4, 1, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF },
				"a ClientHello of more than 16384 bytes");
	}

	@Test
	void messageUpToTheBoundIsTaken() throws Exception {
		byte[] record = record("a.example.com");
		int length = record.length - RECORD_HEADER - 4;

		assertThat(new ClientHello(length, false).add(Unpooled.wrappedBuffer(record))).isTrue();
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> new ClientHello(length - 1, false).add(Unpooled.wrappedBuffer(record)));
	}

	@Test
	void emptyRecordIsRefusedAndNotSkipped() throws Exception {
		byte[] record = record("a.example.com");
		byte[] bytes = new byte[RECORD_HEADER + record.length];
		System.arraycopy(record, 0, bytes, 0, 3);
		System.arraycopy(record, 0, bytes, RECORD_HEADER, record.length);

		assertRefused(bytes, "impossible length");
	}

	@Test
	void otherRecordWithinTheMessageIsRefused() throws Exception {
		byte[] split = records(record("a.example.com"), 20, MAX);
		split[RECORD_HEADER + 20] = 0x15;

		assertRefused(split, "is interrupted by a record of another type");
	}

	@Test
	void otherMessageIsRefused() throws Exception {
		byte[] record = record("a.example.com");
		record[RECORD_HEADER] = 2;

		assertRefused(record, "does not begin with a ClientHello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\n", "PROXY TCP4 1.2.3.4" })
	void otherProtocolIsNamed(String text) {
		assertRefused(text.getBytes(US_ASCII), "no TLS: it looks like");
	}

	@Test
	void secondHostIsRefused() throws Exception {
		byte[] record = record("a.example.com");
		int name = indexOf(record, "a.example.com".getBytes(US_ASCII));
		// Two names of "a" and "ample.com" where there was one.
		record[name - 1] = 1;
		record[name + 1] = 0;
		record[name + 2] = 0;
		record[name + 3] = 9;

		assertRefused(record, "malformed");
	}

	@Test
	void hostWithControlCharactersIsRefused() throws Exception {
		byte[] record = record("a.example.com");
		record[indexOf(record, "example".getBytes(US_ASCII))] = '\n';

		assertRefused(record, "malformed");
	}

	/**
	 * Whatever is received: an answer that does not depend on how the bytes are cut into
	 * segments, and neither another exception nor a host that could harm a log.
	 */
	@Property
	void anythingIsTakenOrRefusedHoweverItIsAborted(@ForAll("almostHellos") byte[] bytes,
			@ForAll @IntRange(min = 1, max = 400) int segment) {
		String whole = outcome(bytes, bytes.length);

		assertThat(outcome(bytes, segment)).isEqualTo(whole);
		assertThat(outcome(bytes, 1)).isEqualTo(whole);
		assertThat(whole.chars()).allMatch((each) -> each >= ' ');
	}

	private static String outcome(byte[] bytes, int segment) {
		ClientHello hello = new ClientHello(MAX, false);
		try {
			for (int start = 0; start < bytes.length; start += segment) {
				int length = Math.min(segment, bytes.length - start);
				if (hello.add(Unpooled.wrappedBuffer(bytes, start, length))) {
					return "host " + hello.host();
				}
			}
			return "more";
		}
		catch (RefusedException ex) {
			assertThat(ex).hasMessageNotContaining("\n");
			return "refused";
		}
	}

	/** A ClientHello in records of any length, with changes, or something else. */
	@Provide
	Arbitrary<byte[]> almostHellos() throws Exception {
		byte[] record = record("a.example.com");
		Arbitrary<byte[]> hellos = Arbitraries.integers()
			.between(1, record.length)
			.map((length) -> records(record, length, length));
		Arbitrary<byte[]> starts = Arbitraries.oneOf(hellos, hellos, Arbitraries.just(new byte[0]));
		Arbitrary<byte[]> tails = Arbitraries.bytes().array(byte[].class).ofMaxSize(600);
		Arbitrary<List<Integer>> places = Arbitraries.integers().between(0, 400).list().ofMaxSize(3);
		return Combinators.combine(starts, tails, places).as((start, tail, changed) -> {
			byte[] bytes = Arrays.copyOf(start, start.length + tail.length);
			System.arraycopy(tail, 0, bytes, start.length, tail.length);
			for (int i = 0; i < Math.min(changed.size(), tail.length); i++) {
				if (changed.get(i) < bytes.length) {
					bytes[changed.get(i)] = tail[i];
				}
			}
			return bytes;
		});
	}

	private static int indexOf(byte[] bytes, byte[] part) {
		for (int i = 0; i + part.length <= bytes.length; i++) {
			if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
				return i;
			}
		}
		throw new AssertionError("not found");
	}

}
