package dev.socketserver.bridge.session;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.socketserver.bridge.properties.BridgeProperties.Key;
import dev.socketserver.bridge.properties.BridgeProperties.OnStoreFailure;
import org.jspecify.annotations.Nullable;

/**
 * What the properties say about the bridge of a server, all of them valid.
 *
 * @param to where messages are stored, as it is written
 * @param id returns the id of a message
 * @param key what keeps its order
 * @param when accepts the messages to store
 * @param inFlight how many messages of a session are stored at a time
 * @param timeout for how long an attempt is awaited
 * @param period the first pause after a failure
 * @param maxPeriod the longest pause
 * @param onFailure what to do after a failure
 * @param acknowledge what is sent for each message that is stored, without a handler
 * @param reply whether a channel has a flow that replies, without a handler
 */
public record BridgeSettings(String to, @Nullable Function<Object, @Nullable Object> id, Key key,
		@Nullable Predicate<Object> when, int inFlight, Duration timeout, Duration period, Duration maxPeriod,
		OnStoreFailure onFailure, @Nullable String acknowledge, boolean reply) {

}
