package dev.socketserver.autoconfigure;

import dev.socketserver.TapMask;
import dev.socketserver.cluster.spi.ClusterListener;

import org.springframework.beans.factory.ObjectProvider;

/**
 * What only some applications have. A class of its own, since Spring reads those within a
 * configuration at each start.
 *
 * @param clusterListeners those who are notified of other nodes
 * @param masks hide parts of what taps show
 */
record RareBeans(ObjectProvider<ClusterListener> clusterListeners, ObjectProvider<TapMask> masks) {

}
