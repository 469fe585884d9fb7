/**
 * Stores messages as records of a topic of Kafka. Depends on {@code bridge} and
 * {@code session}, which has the interface of stores.
 */
@NullMarked
package dev.socketserver.bridge.kafka;

import org.jspecify.annotations.NullMarked;
