#include "scenarios/load/services.hpp"

namespace gauntlet {

Task<int> serve_protocol(ServeContext& context) {
  return context.parameters().word("protocol") == "http" ? serve_http(context) : serve_echo(context);
}

}  // namespace gauntlet
