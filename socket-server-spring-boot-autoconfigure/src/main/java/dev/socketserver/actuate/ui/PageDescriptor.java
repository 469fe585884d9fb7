package dev.socketserver.actuate.ui;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What the page is given about its request.
 *
 * @param application the name of the application
 * @param evaluation whether sessions evaluate expressions
 * @param cluster whether the application is a node of a cluster
 * @param startedAt when the application started
 * @param docs where the pages of the documentation are; empty if that is not known
 * @param tables the scripts of the tables that there are
 * @param csrf what a request that changes something must send, or {@code null}
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({ "application", "evaluation", "cluster", "startedAt", "docs", "tables", "csrf" })
record PageDescriptor(String application, boolean evaluation, boolean cluster, Instant startedAt, String docs,
		List<String> tables, @Nullable CsrfHeader csrf) implements OperationResponseBody {

}
