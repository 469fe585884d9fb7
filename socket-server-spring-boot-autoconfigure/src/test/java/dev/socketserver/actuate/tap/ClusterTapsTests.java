package dev.socketserver.actuate.tap;

import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.TestCluster;
import dev.socketserver.actuate.Viewers;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.SocketTaps;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.assertArg;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ClusterTaps}.
 */
class ClusterTapsTests {

	private final TestCluster nodes = new TestCluster();

	private final SocketTap tap = mock(SocketTap.class);

	private WebEndpointResponse<?> read(Show shownThere) {
		SocketTaps taps = mock(SocketTaps.class);
		given(taps.tap("tap-1")).willReturn(Optional.of(this.tap));
		endpoint("b", taps, shownThere);
		return endpoint("a", mock(SocketTaps.class), Show.ALWAYS).socketTap(SecurityContext.NONE, "tap-1@b", "pcap");
	}

	private SocketTapsEndpoint endpoint(String node, SocketTaps taps, Show shown) {
		return new SocketTapsEndpoint(taps, mock(SocketServers.class), null, new Viewers(shown, Set.of()),
				this.nodes.node(node));
	}

	@Test
	void whatIsLongerThanAMessageComesInParts() {
		byte[] content = new byte[3 * 1024 * 1024 + 1];
		new Random(1).nextBytes(content);
		given(this.tap.pcap()).willReturn(content);

		assertThat(((ByteArrayResource) read(Show.ALWAYS).getBody()).getByteArray()).isEqualTo(content);
	}

	@Test
	void whatChangesMeanwhileIsRefused() {
		byte[] other = new byte[1024 * 1024];
		given(this.tap.pcap()).willReturn(new byte[1024 * 1024], other);

		other[600_000] = 1;
		assertRefused(read(Show.ALWAYS), 409, "has changed while it was read");
	}

	@Test
	void whatIsTooLongIsRefusedWithItsLimit() {
		given(this.tap.pcap()).willReturn(new byte[16 * 1024 * 1024 + 1]);

		assertRefused(read(Show.ALWAYS), 409, "other nodes are sent 16777216: ask node 'b' itself");
	}

	@Test
	void whatItsNodeNeverShowsIsNotShown() {
		given(this.tap.pcap()).willReturn(new byte[1]);

		assertRefused(read(Show.NEVER), 403, "not shown to you");
	}

	@Test
	void keepsNoMoreThanFitsIfNothingSaysHowMuch() {
		SocketTaps taps = mock(SocketTaps.class);
		given(taps.mostBytes()).willReturn(1000L);
		given(taps.start(any())).willReturn(this.tap);
		given(this.tap.state()).willReturn(SocketTap.State.RUNNING);

		new LocalTaps(taps, mock(SocketServers.class), null, true)
			.start(new TapParameters(Map.of("remote", "127.0.0.1")::get), "a test");

		then(taps).should().start(assertArg((request) -> assertThat(request.bytes()).isEqualTo(1000)));
	}

	private static void assertRefused(WebEndpointResponse<?> response, int status, String text) {
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(String.valueOf(response.getBody())).contains(text);
	}

}
