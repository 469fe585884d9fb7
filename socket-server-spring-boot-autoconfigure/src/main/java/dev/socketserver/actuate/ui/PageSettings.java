package dev.socketserver.actuate.ui;

import java.time.Instant;

/**
 * What the page is given by the application, the same in each request.
 *
 * @param path the path of the endpoint below that of the actuator
 * @param application the name of the application; empty if it has none
 * @param evaluation whether sessions evaluate expressions that arrive over HTTP
 * @param cluster whether the application is a node of a cluster
 * @param startedAt when the application started
 * @param docs where the pages of the documentation are, without a slash at the end; empty
 * if that is not known
 */
public record PageSettings(String path, String application, boolean evaluation, boolean cluster, Instant startedAt,
		String docs) {

}
