/**
 * Stores messages as records of a topic of Kafka. Uses the interface of stores in
 * {@code session}.
 */
@NullMarked
package dev.socketserver.bridge.kafka;

import org.jspecify.annotations.NullMarked;
