package dev.socketserver.bridge.autoconfigure;

import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.bridge.channel.ChannelStore;
import dev.socketserver.bridge.properties.BridgeProperties;
import dev.socketserver.bridge.session.BridgeSettings;
import dev.socketserver.bridge.session.BridgeStore;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.messaging.MessageChannel;

/**
 * Makes the stores of channels. Loaded only where a server sends messages to one.
 */
final class Channels {

	private Channels() {
	}

	static BridgeStore store(ListableBeanFactory beans, BlockServer server, BridgeSettings settings) {
		String name = settings.to().substring(BridgeProperties.CHANNEL.length());
		MessageChannel channel = ConfiguredBridges.bean(beans, server, "bridge.to", name, MessageChannel.class);
		return new ChannelStore(channel, settings.timeout(), settings.reply());
	}

	/** Refuses a channel whose name is written without its prefix. */
	static void refuse(ListableBeanFactory beans, BlockServer server, String name) {
		if (beans.isTypeMatch(name, MessageChannel.class)) {
			throw server.invalid("bridge.to", "that bean is a MessageChannel",
					"Set it to " + BridgeProperties.CHANNEL + name);
		}
	}

}
