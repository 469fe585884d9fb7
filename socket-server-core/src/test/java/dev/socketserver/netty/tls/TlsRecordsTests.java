package dev.socketserver.netty.tls;

import java.io.ByteArrayOutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.socketserver.SocketServer;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TlsRecordsTests {

	private static final int PEERS = 40;

	/** The beginning of a record of 16 KB. */
	private static final int PART = 16_000;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	static List<SocketTransport> transports() {
		return ServerFixture.oneTransport().toList();
	}

	private static byte[] record(int type, int length) {
		byte[] record = new byte[5 + length];
		new Random(length).nextBytes(record);
		record[0] = (byte) type;
		record[1] = 3;
		record[2] = 3;
		record[3] = (byte) (length >> 8);
		record[4] = (byte) length;
		return record;
	}

	/** However they are cut: whole records, all of them, and nothing is kept. */
	@Test
	void passesWholeRecordsOn() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		Random random = new Random(5);
		for (int i = 0; i < 50; i++) {
			int length = (i % 3 == 0) ? random.nextInt(8) : random.nextInt((1 << 14) + 2048);
			out.writeBytes(record(20 + random.nextInt(5), length));
		}
		byte[] all = out.toByteArray();
		for (int most : new int[] { 1, 4, 7, 1000, 70_000, all.length }) {
			TlsRecords records = new TlsRecords();
			EmbeddedChannel channel = new EmbeddedChannel(records);
			ByteBuf passed = Unpooled.buffer();
			for (int start = 0; start < all.length;) {
				int length = Math.min(all.length - start, 1 + random.nextInt(most));
				channel.writeInbound(Unpooled.copiedBuffer(all, start, length));
				start += length;
				for (ByteBuf each = channel.readInbound(); each != null; each = channel.readInbound()) {
					assertWhole(each);
					passed.writeBytes(each);
					each.release();
				}
				assertThat(records.held()).isLessThanOrEqualTo(5 + (1 << 14) + 2048);
			}
			assertThat(ByteBufUtil.getBytes(passed)).isEqualTo(all);
			assertThat(records.held()).isZero();
		}
	}

	private static void assertWhole(ByteBuf records) {
		int index = records.readerIndex();
		while (index < records.writerIndex()) {
			index += 5 + records.getUnsignedShort(index + 3);
		}
		assertThat(index).isEqualTo(records.writerIndex());
	}

	/** Whole records before it are passed on; nothing that follows it is kept. */
	@Test
	void refusesAtOnceWhatIsNoRecord() {
		byte[] before = record(23, 10);
		byte[] otherVersion = record(23, 10);
		otherVersion[1] = 5;
		for (byte[] bytes : List.of("a secret".getBytes(US_ASCII), record(23, 0xFFFF), record(25, 10), otherVersion)) {
			for (int split : new int[] { 0, 1, 3, 5, 7, 15, 16, 19, 20, 22 }) {
				TlsRecords records = new TlsRecords();
				EmbeddedChannel channel = new EmbeddedChannel(records);
				ByteBuf all = Unpooled.wrappedBuffer(before, bytes);
				assertThatExceptionOfType(DecoderException.class).isThrownBy(() -> {
					channel.writeInbound(all.readRetainedSlice(split));
					channel.writeInbound(all);
				}).withCauseInstanceOf(NotSslRecordException.class);
				channel.writeInbound(Unpooled.copiedBuffer(before));
				ByteBuf passed = Unpooled.buffer();
				for (ByteBuf each = channel.readInbound(); each != null; each = channel.readInbound()) {
					passed.writeBytes(each);
					each.release();
				}
				assertThat(ByteBufUtil.getBytes(passed)).isEqualTo(before);
				assertThat(records.held()).isZero();
			}
		}
	}

	/**
	 * Each would otherwise keep a buffer of 64 KB, of which no limit knows: 440 KB of
	 * direct memory with what the allocator has around it.
	 */
	@ParameterizedTest
	@MethodSource("transports")
	void partsOfRecordsAreCountedAndTakeNoDirectMemory(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.connections((state, data, session) -> {
			data.position(data.limit());
			return null;
		}, (spec) -> spec.transport(transport).tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		byte[] much = new byte[256 * 1024];
		List<Peer> peers = new ArrayList<>();
		long before = direct();
		try {
			for (int i = 0; i < PEERS; i++) {
				Peer peer = new Peer(server);
				peers.add(peer);
				peer.send(much);
				byte[] part = new byte[PART];
				System.arraycopy(record(23, 1 << 14), 0, part, 0, PART);
				peer.sendTcp(part);
			}
			Awaitility.await().until(() -> server.statistics().bytesReceived() == (long) PEERS * much.length);
			// Some of it may still wait for the handler.
			Awaitility.await().untilAsserted(() -> {
				assertThat(this.fixture.servers.memoryUsed()).isBetween((long) PEERS * (PART - 1024), PEERS * 20_000L);
				assertThat(direct() - before).isLessThan(PEERS * 200L * 1024);
			});
		}
		finally {
			for (Peer peer : peers) {
				peer.reset();
			}
		}
		Awaitility.await().until(() -> this.fixture.servers.memoryUsed() == 0);
	}

	private static long direct() {
		return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
	}

}
