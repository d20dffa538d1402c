#include "room/order.hpp"

namespace ipclab::room {

namespace {

using nlohmann::json;

Fault fault_from(const json& in) {
  return {in.at("kind").get<Fault::Kind>(), in.at("call"),   in.at("nth"), in.at("value"),
          in.at("on").get<Fault::On>(),     in.at("program")};
}

}  // namespace

json request_of(const Launch& launch) {
  json extra = json::array(), faults = json::array();
  for (const auto& [ours, theirs] : launch.extra) extra.push_back(theirs);
  for (const Fault& fault : launch.faults)
    faults.push_back({{"kind", fault.kind},
                      {"call", fault.call},
                      {"nth", fault.nth},
                      {"value", fault.value},
                      {"on", fault.on},
                      {"program", fault.program}});
  return {{"request", "start"},
          {"argv", launch.argv},
          {"environment", launch.environment},
          {"extra", extra},
          {"faults", faults},
          {"raw_network", launch.raw_network},
          {"same_addresses", launch.same_addresses},
          {"host", launch.host},
          {"zygote", launch.zygote}};
}

Order order_from(Message& message) {
  Order order;
  order.launch.argv = message.body.at("argv").get<std::vector<std::string>>();
  order.launch.environment =
      message.body.at("environment").get<std::vector<std::pair<std::string, std::string>>>();
  order.launch.raw_network = message.body.at("raw_network");
  order.launch.same_addresses = message.body.at("same_addresses");
  order.launch.host = message.body.at("host");
  order.launch.zygote = message.body.at("zygote");
  for (const int theirs : message.body.at("extra")) order.launch.extra.emplace_back(-1, theirs);
  for (const json& fault : message.body.at("faults")) order.launch.faults.push_back(fault_from(fault));
  order.fds = std::move(message.fds);
  return order;
}

}  // namespace ipclab::room
