package dev.socketserver.netty.channel;

import java.util.List;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What happens when the application adds its handlers to a connection. */
class HandlerAdditionTests {

	private final HandlerAddition addition = new HandlerAddition();

	private final EmbeddedChannel channel = new EmbeddedChannel(this.addition);

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	private void add(ConnectionCustomizer... customizers) {
		this.addition.add(List.of(customizers), this.channel.pipeline(), spec());
	}

	private static SessionSpec spec() {
		return ServerSpec.builder("test").handler(ServerHandler.stream("none", (input, output, session) -> {
		})).build().session();
	}

	@Test
	void leavesThePipelineToWhatWasAdded() {
		ChannelHandler added = new ChannelInboundHandlerAdapter();
		add((pipeline, spec) -> pipeline.addLast("added", added));
		assertThat(this.channel.pipeline().names()).startsWith("added");
		assertThat(this.channel.pipeline().context(this.addition)).isNull();
		assertThat(this.addition.failure()).isNull();
		assertThat(this.addition.closed()).isFalse();
	}

	@Test
	void customizerThatThrowsIsTheLast() {
		Error failure = new AssertionError();
		add((pipeline, spec) -> {
			throw failure;
		}, (pipeline, spec) -> pipeline.addLast("never", new ChannelInboundHandlerAdapter()));
		assertThat(this.addition.failure()).isSameAs(failure);
		assertThat(this.channel.pipeline().get("never")).isNull();
		assertThat(this.channel.pipeline().context(this.addition)).isNull();
	}

	@Test
	void handlerThatThrowsWhenItIsAddedIsAFailure() {
		add((pipeline, spec) -> pipeline.addFirst(new ChannelInboundHandlerAdapter() {

			@Override
			public void handlerAdded(ChannelHandlerContext context) {
				throw new IllegalStateException("not here");
			}

		}));
		assertThat(this.addition.failure()).hasRootCauseMessage("not here");
	}

	@Test
	void closeOfTheConnectionIsNoticed() {
		add((pipeline, spec) -> pipeline.close());
		assertThat(this.addition.closed()).isTrue();
	}

}
